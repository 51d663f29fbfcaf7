"""Each directory of tests/golden/breaking holds two specs and the report that comparing them gives.

Run with SURESTEP_WRITE_GOLDEN=1 to write the reports anew; read the difference before you keep it.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.judge import find_findings
from surestep_codegen.breaking.report import render_findings, render_outcome
from surestep_dsl.load import load_project

CASES = sorted((Path(__file__).parents[3] / "golden" / "breaking").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_report_is_the_expected_one(case: Path) -> None:
    old, new = load_project(["old.yaml"], case), load_project(["new.yaml"], case)
    assert old.project is not None
    assert new.project is not None
    both = Comparison(old.project, new.project)
    found = find_findings(both, failing=("WIRE", "RUN"), approvals=(), today=date(2025, 1, 31), external_consumers=True)
    report = render_findings(found, (), {**old.sources, **new.sources}, lambda text, _: text)
    report += f"{render_outcome(found, 'old.yaml')}\n"
    expected = case / "expected.txt"

    if os.environ.get("SURESTEP_WRITE_GOLDEN"):
        expected.write_text(report, encoding="utf-8")

    assert report == expected.read_text(encoding="utf-8")
