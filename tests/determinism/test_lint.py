"""The first net alone: what the text of handlers and of what they call tells."""

from pathlib import Path
from typing import Any

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files

NET = "lint"
SIGNS = HandlerSigns(names=frozenset({"handle"}))


def kinds_found(case: Any, folder: Path) -> set[str]:
    linted = lint_files([case.write(folder)], [folder], SIGNS)
    assert linted.handlers == 1
    return {finding.kind for finding in linted.findings}


def test_it_finds(caught: Any, tmp_path: Path) -> None:
    assert caught.kind in kinds_found(caught, tmp_path)


def test_it_lets_pass(harmless: Any, tmp_path: Path) -> None:
    assert kinds_found(harmless, tmp_path) == set()
