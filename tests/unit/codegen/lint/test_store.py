"""Facts kept between runs."""

from pathlib import Path

import pytest

from surestep_codegen.lint.cache_file import CACHE_FOLDER
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.linted import Linted
from surestep_codegen.lint.store import FactsStore
from surestep_dsl.effects import EffectKind, own_effect

SIGNS = HandlerSigns(names=frozenset({"handle"}))
MODULES = {
    "handler": (
        "from tools import *\nfrom shapes import Box\n"
        "async def handle(ctx, step):\n"
        "    for name in {'a', 'b'}:\n        await step.run(name, grow, [name])\n"
        "    callback()\n    return stamp(), Box().at()  # surestep: ignore[D101]\n"
    ),
    "tools": "import time\ndef stamp():\n    return time.time()\ndef grow(items):\n    items.append(1)\n",
    "shapes": "import uuid\nclass Box:\n    def __init__(self):\n        self.id = uuid.uuid4()\n    at = print\n",
}


def lint(folder: Path, *, is_whole: bool = True) -> Linted:
    return lint_files(
        [folder / "handler.py"], [folder], SIGNS, store=FactsStore(folder), is_whole=is_whole, base=folder
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def test_a_second_run_reads_nothing_anew_and_finds_the_same(project: Path) -> None:
    first, second = lint(project), lint(project)
    assert (first.read_anew, second.read_anew) == (3, 0)
    assert second.findings == first.findings
    assert second.not_followed == first.not_followed
    assert {one.diagnostic.code for one in first.findings} >= {"D101", "D103", "D111", "D116", "S201"}


def test_only_what_changed_is_read_anew(project: Path) -> None:
    lint(project)
    (project / "tools.py").write_text(MODULES["tools"].replace("time.time()", "1"))
    again = lint(project)
    assert again.read_anew == 1
    assert "D101" not in {one.diagnostic.code for one in again.findings}


@pytest.mark.parametrize("damage", ["", "{", "\0\0", "\n\n", "1\nx\ty\n"])
def test_a_damaged_cache_is_no_cache(project: Path, damage: str) -> None:
    first = lint(project)
    path = project / CACHE_FOLDER / "facts.json"
    head, _, text = path.read_text().partition("\n")
    for torn in (damage, f"{head}\n{damage}", f"{head}\n{text[:-40]}", f"{head}\n{text.replace('[', '{')}"):
        path.write_text(torn)
        assert lint(project).findings == first.findings


def test_the_folder_of_the_cache_ignores_itself(project: Path) -> None:
    lint(project)
    assert (project / CACHE_FOLDER / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in (project / CACHE_FOLDER).iterdir()) == [
        ".gitignore",
        "facts.json",
        "result.json",
    ]


def test_handlers_recognised_otherwise_are_read_anew(project: Path) -> None:
    lint(project)
    signs = HandlerSigns(names=frozenset({"other"}))
    store = FactsStore(project)
    assert lint_files([project / "handler.py"], [project], signs, store=store).read_anew == 1


def test_files_that_are_gone_leave_the_cache_of_a_whole_project_only(project: Path) -> None:
    lint(project)
    (project / "handler.py").write_text("async def handle(ctx, step):\n    return 1\n")
    lint(project, is_whole=False)
    assert "tools.py" in (project / CACHE_FOLDER / "facts.json").read_text()
    lint(project)
    assert "tools.py" not in (project / CACHE_FOLDER / "facts.json").read_text()


def test_a_cache_that_cannot_be_written_is_done_without(project: Path) -> None:
    (project / CACHE_FOLDER).write_text("in the way")
    assert lint(project).read_anew == lint(project).read_anew == 3


def test_a_module_that_appears_or_goes_is_noticed(project: Path) -> None:
    (project / "handler.py").write_text("import shop.new as new\nasync def handle(ctx, step):\n    return new.f()\n")
    assert lint(project).findings == []
    (project / "shop").mkdir()
    (project / "shop" / "new.py").write_text("import time\ndef f():\n    return time.time()\n")
    assert [one.diagnostic.code for one in lint(project).findings] == ["D101"]
    (project / "shop" / "new.py").unlink()
    assert lint(project).findings == []


def test_a_file_that_cannot_be_read_now_is_looked_at_again(project: Path) -> None:
    (project / "shapes.py").unlink()
    (project / "shapes.py").mkdir()
    assert "D100" in {one.diagnostic.code for one in lint(project).findings}
    (project / "shapes.py").rmdir()
    (project / "shapes.py").write_text(MODULES["shapes"])
    assert "D100" not in {one.diagnostic.code for one in lint(project).findings}


def test_a_result_holds_for_the_same_question_only(project: Path) -> None:
    codes = {one.diagnostic.code for one in lint(project).findings}
    own = {"tools.stamp": own_effect("tools.stamp", EffectKind.PURE)}
    files, store = [project / "handler.py"], FactsStore(project)
    others = lint_files(files, [project], SIGNS, store=store, is_whole=True, base=project, own=own)
    assert codes - {one.diagnostic.code for one in others.findings} == {"D101"}
