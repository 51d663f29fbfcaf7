"""Code that is meant to be right gives no findings."""

import re
from pathlib import Path

import pytest

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.targets import find_project_targets
from surestep_dsl.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
HANDLER = re.compile(r"^async def (\w+)\(ctx\b[^)]*\bstep\b", re.MULTILINE)
WRONG_ON_PURPOSE = {"determinism.md", "typed-mistakes.md"}


def test_the_living_examples_have_no_findings() -> None:
    settings = load_settings(ROOT / "specs")
    assert isinstance(settings, Settings)
    targets = find_project_targets(settings)
    linted = lint_files(targets.files, targets.roots, targets.signs, is_whole=True)
    assert (linted.findings, linted.handlers > 10) == ([], True)


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_handlers_of_the_manual_have_no_findings(page: str, tmp_path: Path) -> None:
    for number, block in enumerate(BLOCK.findall((ROOT / "docs" / page).read_text())):
        path = tmp_path / f"block_{number}.py"
        path.write_text(block)
        linted = lint_files([path], [tmp_path], HandlerSigns(None, frozenset(HANDLER.findall(block))))
        found = [one.diagnostic for one in linted.findings if one.diagnostic.code != "D100"]
        assert page in WRONG_ON_PURPOSE or found == []
