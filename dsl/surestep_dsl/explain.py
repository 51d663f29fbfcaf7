"""Explains codes: what each means, with an example that gives it and one that does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

from surestep_dsl.checks import CHECKS, Check
from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.codes import Code
from surestep_dsl.diagnostics import Diagnostic, Severity
from surestep_dsl.explanations import PAGES, Example, Page, files_of
from surestep_dsl.load import load_files

__all__ = ["Explanation", "explain", "is_example_of"]

_CHECK_OF: Final[Mapping[str, Check]] = {code: check for check in CHECKS for code in check.codes}
_RANK: Final = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code with its page."""

    code: Code
    page: Page


def explain(name: str) -> Explanation:
    """The page of a code.

    Raises:
        LookupError: there is no such code, or nothing explains it.
    """
    code = ALL_CODES[name]
    if name in PAGES:
        return Explanation(code, PAGES[name])
    check = _CHECK_OF[name]
    wrong = [text for text, found in check.invalid if found == name and is_example_of(text, code)]
    right = [text for text in check.valid if not _found(text, code)]
    if not wrong or not right:
        raise LookupError(name)
    return Explanation(code, Page(cleandoc(check.find.__doc__ or ""), min(wrong, key=len), min(right, key=len)))


def is_example_of(example: Example, code: Code) -> bool:
    """Whether loading an example gives a code, and nothing else that is as severe."""
    return {found.code for found in _found(example, code)} == {code.code}


def _found(example: Example, code: Code) -> list[Diagnostic]:
    texts = {name: text for name, text in files_of(example).items() if isinstance(text, str)}
    return [found for found in load_files(texts).diagnostics if _RANK[found.severity] >= _RANK[code.severity]]
