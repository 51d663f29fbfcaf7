"""Every page's examples show what it says."""

from pathlib import Path

import pytest

from surestep_codegen.lint.codes import LINT_CODES
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.pages import PAGES
from surestep_dsl.determinism_codes import DETERMINISM_CODES

SIGNS = HandlerSigns(names=frozenset({"handle"}))


def codes_found(text: object, folder: Path) -> set[str]:
    path = folder / "handler.py"
    path.write_text(str(text))
    return {one.diagnostic.code for one in lint_files([path], [folder], SIGNS).findings}


def test_every_code_has_a_page() -> None:
    assert list(PAGES) == list(DETERMINISM_CODES)
    assert set(DETERMINISM_CODES) <= set(LINT_CODES)


@pytest.mark.parametrize("code", PAGES)
def test_the_wrong_example_gives_the_code_and_nothing_else(code: str, tmp_path: Path) -> None:
    assert codes_found(PAGES[code].wrong, tmp_path) == {code}


@pytest.mark.parametrize("code", PAGES)
def test_the_right_example_gives_nothing(code: str, tmp_path: Path) -> None:
    assert codes_found(PAGES[code].right, tmp_path) == set()
