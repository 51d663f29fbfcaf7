"""Each policy is shown by a command under specs/flow/demonstrations, which prints what stands there."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from surestep.cli.main import surestep
from surestep_dsl.load import load_project

_FLOW = Path(__file__).parents[2] / "specs" / "flow"
_SHOWN = {path.stem: path for path in sorted((_FLOW / "demonstrations").iterdir())}


def test_every_function_has_a_demonstration() -> None:
    project = load_project([_FLOW / "flow.yaml"], _FLOW).project
    assert project is not None
    assert set(_SHOWN) == set(project.functions)


@pytest.mark.parametrize("name", _SHOWN)
def test_a_demonstration_prints_what_stands_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_FLOW)
    command, _, expected = _SHOWN[name].read_text(encoding="utf-8").partition("\n")
    assert command.startswith("$ surestep simulate ")
    result = CliRunner().invoke(surestep, shlex.split(command)[2:])
    assert (result.output, result.exit_code) == (expected, 0)


def test_a_simulation_is_drawn_as_svg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(_FLOW)
    target = tmp_path / "flow.svg"
    CliRunner().invoke(surestep, ["simulate", "one-at-a-time", "0s*2", "--svg", str(target)], catch_exceptions=False)
    drawn = target.read_text(encoding="utf-8")
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="88"')
    assert (drawn.count("<circle"), drawn.count('fill="#2563eb"')) == (2, 1)
    assert "singleton: run 1 has not ended" in drawn


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("spaced-start", "0s"), 1, "did you mean spaced-starts?"),
        (("spaced-starts", "soon"), 2, "'soon' is no duration"),
        (("spaced-starts", "0s {"), 2, "the data are not JSON"),
        (("spaced-starts", "0s*x"), 2, "is not a time, or a time and how often"),
        (("spaced-starts", "0s*9999"), 2, "at most 1000 can be drawn"),
        (("spaced-starts", "0s*0"), 2, "is not a time, or a time and how often"),
        (("spaced-starts", '0s {"userId": NaN}'), 2, "the data are not JSON"),
        (("spaced-starts", "0s", "367d"), 2, "'367d' is more than 366 days"),
        (("spaced-starts", "0s", "--lasts", "99999999d"), 2, "'99999999d' is more than 366 days"),
        (("spaced-starts", "0s", "--svg", "nowhere/flow.svg"), 3, "cannot write nowhere/flow.svg: No such file"),
    ],
)
def test_what_cannot_be_simulated_is_told(
    arguments: tuple[str, ...], status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_FLOW)
    result = CliRunner().invoke(surestep, ["simulate", *arguments])
    told = result.output + (getattr(result, "stderr", "") or "")
    assert result.exit_code == status, told
    assert said in " ".join(told.split())
