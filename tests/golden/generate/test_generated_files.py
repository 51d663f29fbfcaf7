"""A directory per case: specs, and every file that must come out of them.

Expected files end in `.txt`, so that no tool takes them for modules of this project.
`SURESTEP_UPDATE_GOLDEN=1` writes the expected files anew; read the difference before you commit it.
"""

import os
import shutil
from pathlib import Path

import pytest

from surestep_codegen.generate import generate_files, generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/specs"))
LAYOUT = Layout("shop.contract", "shop.handlers")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_specs_become_exactly_these_files(case: Path) -> None:
    loaded = load_project(["specs"], case)
    assert loaded.project is not None, loaded.diagnostics
    files = {**generate_files(loaded.project, LAYOUT), **generate_stubs(loaded.project, LAYOUT)}
    expected = case / "expected"
    if os.environ.get("SURESTEP_UPDATE_GOLDEN"):
        shutil.rmtree(expected, ignore_errors=True)
        for name, text in files.items():
            (expected / f"{name}.txt").parent.mkdir(parents=True, exist_ok=True)
            (expected / f"{name}.txt").write_text(text)
    found = {path.relative_to(expected).as_posix().removesuffix(".txt"): path for path in expected.rglob("*.txt")}
    assert sorted(files) == sorted(found)
    assert {name: found[name].read_text() for name in files} == files
