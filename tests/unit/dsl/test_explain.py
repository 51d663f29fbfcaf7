"""Every code has a page, and the examples of a page do what it says."""

from pathlib import Path

import pytest

from surestep_dsl.baseline import parse_baseline, subtract_baseline
from surestep_dsl.checks import CHECKS
from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.diagnostics import Diagnostic, Severity
from surestep_dsl.explain import explain
from surestep_dsl.explanations import BASELINE, PAGES, Example, files_of
from surestep_dsl.load import load_project
from surestep_dsl.nodes import SourceText
from surestep_dsl.settings import Settings, load_settings

RANK = [Severity.INFO, Severity.WARNING, Severity.ERROR]


def found_in(example: Example, folder: Path) -> tuple[Diagnostic, ...]:
    """Write the files of an example and check them as the command does."""
    for name, content in files_of(example).items():
        if content is None:
            (folder / name).symlink_to("nowhere")
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    settings = load_settings(folder) if (folder / "pyproject.toml").exists() else Settings(folder, specs=(".",))
    if not isinstance(settings, Settings):
        return settings
    loaded = load_project(settings.specs, folder, severities=settings.severities)
    if not (folder / BASELINE).exists():
        return loaded.diagnostics
    baseline = parse_baseline(SourceText(BASELINE, (folder / BASELINE).read_text()))
    assert baseline is not None
    return subtract_baseline(loaded.diagnostics, loaded.sources, baseline)


def codes_in(example: Example, code: str, folder: Path) -> set[str]:
    """Codes that are as severe as one."""
    least = RANK.index(ALL_CODES[code].severity)
    return {found.code for found in found_in(example, folder) if RANK.index(found.severity) >= least}


@pytest.mark.parametrize("code", ALL_CODES)
def test_the_failing_example_gives_exactly_its_code(code: str, tmp_path: Path) -> None:
    counted = {"S010"} if code == "S018" else set[str]()  # too many problems are too many of something
    assert codes_in(explain(code).page.wrong, code, tmp_path) == {code} | counted


@pytest.mark.parametrize("code", ALL_CODES)
def test_the_passing_example_gives_nothing(code: str, tmp_path: Path) -> None:
    assert codes_in(explain(code).page.right, code, tmp_path) == set()


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_page_says_something_in_sentences(code: str) -> None:
    text = explain(code).page.text
    assert text[0].isupper() or text[0] in "`["
    assert "." in text


def test_a_code_is_explained_in_one_place() -> None:
    assert set(PAGES) & {code for check in CHECKS for code in check.codes} == set()
    assert set(PAGES) <= set(ALL_CODES)


def test_an_unknown_code_has_no_page() -> None:
    with pytest.raises(LookupError):
        explain("X999")
