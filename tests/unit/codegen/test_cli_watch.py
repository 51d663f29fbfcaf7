"""`surestep generate --watch`: rounds with the changes between them made by the test."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from select import select

import pytest

from surestep_codegen.cli_watch import generate_again
from surestep_codegen.custom_templates import Templates
from surestep_codegen.plan.model import ModulePlan
from surestep_codegen.render import render_module

SPEC = """\
spec: 1
app: shop
events:
  order/created: {data: {orderId: string}}
  order/paid: {}
"""
SETTINGS = '[tool.surestep]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n'
SPECS = "specs/shop.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / SPECS).write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def watch(project: Path, *edits: Callable[[], object]) -> list[tuple[Path, ...]]:
    """Make one edit whenever a change is waited for; what was watched each time."""
    watched: list[tuple[Path, ...]] = []
    waiting = iter(edits)

    def wait(paths: tuple[Path, ...]) -> bool:
        watched.append(paths)
        edit = next(waiting, None)
        return edit is not None and [edit()] != []

    generate_again(project, wait)
    return watched


def write(path: Path, text: str) -> Callable[[], object]:
    return lambda: path.write_text(text)


def test_each_change_is_generated_and_told_in_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(project, write(project / SPECS, SPEC.replace("string", "integer")), write(project / SPECS, SPEC + "# more\n"))
    assert capsys.readouterr().out.splitlines() == [
        "wrote 9 files; 8 are generated",
        "wrote 1 file; 8 are generated",
        "wrote 1 file; 8 are generated",
    ]


def test_a_change_without_meaning_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(project, write(project / SPECS, f"# first\n{SPEC}"))
    assert capsys.readouterr().out.splitlines()[1] == "8 files up to date"


def test_only_what_has_changed_is_spelled_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []

    def render(plan: ModulePlan, templates: Templates) -> str:
        rendered.append(plan.path)
        return render_module(plan, templates)

    monkeypatch.setattr("surestep_codegen.spell.render_module", render)
    watch(project, write(project / SPECS, SPEC.replace("string", "integer")))
    assert (len(rendered), rendered[9:]) == (10, ["shop/contract/events/order_created.py"])


def test_findings_are_shown_and_the_next_change_mends_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(project, write(project / SPECS, SPEC.replace("string", "strin")), write(project / SPECS, SPEC))
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1:] == ["not generated: 1 error in 1 file", "8 files up to date"]
    assert "error[T102]: there is no type `strin`" in shown.err


def test_broken_settings_are_waited_out_with_the_paths_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = project / "pyproject.toml"
    watched = watch(project, write(settings, "[tool.surestep"), write(settings, SETTINGS))
    assert watched == [(settings, project / "specs")] * 3
    assert "error[P101]: pyproject.toml is not valid TOML" in capsys.readouterr().err


def test_a_file_of_somebody_else_stops_a_round_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = project / "shop/contract/registry.py"
    watch(project, write(registry, "mine = 1\n"), registry.unlink)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "not generated: files of somebody else are in the way",
        "wrote 1 file; 8 are generated",
    ]


def test_what_cannot_be_written_stops_a_round_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "shop").write_text("a file where a package should be\n")
    watch(project, (project / "shop").unlink)
    assert capsys.readouterr().out.splitlines() == [
        f"not generated: cannot write {project}/shop: File exists",
        "wrote 9 files; 8 are generated",
    ]


def test_ctrl_c_ends_it_with_status_0(project: Path) -> None:
    script = "from surestep.cli.main import main; main()"
    command = [sys.executable, "-c", script, "generate", "--watch"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "wrote 9 files; 8 are generated\n"
        for _ in range(1_800):  # until it is known to watch; never half written
            (project / "next").write_text(SPEC)
            (project / "next").replace(project / SPECS)
            if select([process.stdout], [], [], 0.1)[0]:
                break
        os.kill(process.pid, signal.SIGINT)
        assert (process.wait(180), process.stderr.read() if process.stderr else "") == (0, "")
