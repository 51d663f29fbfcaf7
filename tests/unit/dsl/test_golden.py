"""Each directory of tests/golden/specs holds specs and the report that loading them gives.

Run with SURESTEP_WRITE_GOLDEN=1 to write the reports anew; read the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from surestep_dsl.load import load_project
from surestep_dsl.report import render_summary, render_text

CASES = sorted((Path(__file__).parents[2] / "golden" / "specs").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_report_is_the_expected_one(case: Path) -> None:
    loaded = load_project(["."], case)
    summary = render_summary(loaded.diagnostics, len(loaded.sources))
    report = f"{render_text(loaded.diagnostics, loaded.sources)}{summary}\n"
    expected = case / "expected.txt"

    if os.environ.get("SURESTEP_WRITE_GOLDEN"):
        expected.write_text(report, encoding="utf-8")

    assert report == expected.read_text(encoding="utf-8")
