"""`surestep expand` and `surestep graph`, as a user sees them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep.cli.main import surestep

SPEC = """\
spec: 1
app: shop
events: {order/created: {}}
functions:
  process-order: {triggers: {event: order/created}}
"""
JOB = 'spec: 1\napp: isp\njobs: {provider/sync: {cron: "0 0 * * *"}}\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text("[tool.surestep]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(surestep, arguments, catch_exceptions=False)


def test_the_graph_of_the_project_is_a_flowchart() -> None:
    result = run("graph")

    assert (result.exit_code, result.stdout) == (
        0,
        'flowchart LR\n  n0(["order/created"])\n  n1["process-order"]\n  n0 -- starts --> n1\n',
    )


def test_the_graph_can_be_one_for_graphviz() -> None:
    result = run("graph", "specs/shop.yaml", "--format", "dot")

    assert result.exit_code == 0
    assert '  "event order/created" -> "function process-order" [label="starts"];\n' in result.stdout


def test_jobs_are_written_out(project: Path) -> None:
    (project / "job.yaml").write_text(JOB)
    result = run("expand", "job.yaml")

    assert result.exit_code == 0
    assert result.stdout.startswith("spec: 1\napp: isp\nevents:\n  provider/sync.cancelled:\n")
    (project / "long.yaml").write_text(result.stdout)
    assert run("check", "long.yaml").exit_code == 0


def test_without_jobs_there_is_nothing_to_write_out() -> None:
    result = run("expand")

    assert (result.exit_code, result.stdout) == (0, "# no spec declares a job\n")


@pytest.mark.parametrize("command", ["expand", "graph"])
def test_faulty_specs_stop_it_with_their_diagnostics(project: Path, command: str) -> None:
    (project / "specs/shop.yaml").write_text(SPEC.replace("event: order/created", "event: order/creatd"))
    result = run(command)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[V102]: there is no event `order/creatd`" in result.stderr
