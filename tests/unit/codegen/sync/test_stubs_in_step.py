"""Stubs as they are generated are in step with the specs they come from."""

from pathlib import Path

import pytest

from surestep_codegen.generate import generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_codegen.sync.survey import survey_handlers
from surestep_dsl.load import load_project

CASES = sorted(path.parent for path in (Path(__file__).parents[3] / "golden/generate").rglob("specs"))
LAYOUT = Layout("shop.contract", "shop.handlers")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_nothing_is_to_be_done(case: Path, tmp_path: Path) -> None:
    project = load_project(["specs"], case, handlers=LAYOUT.handlers).project
    assert project is not None
    for name, text in generate_stubs(project, LAYOUT).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    survey = survey_handlers(project, LAYOUT, tmp_path, "")
    assert (survey.changes, survey.diagnostics) == ((), ())
