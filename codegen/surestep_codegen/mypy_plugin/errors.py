"""How findings become errors of mypy: their codes, and the comments that silence them."""

from typing import Final

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode

from surestep_codegen.lint.facts import Place
from surestep_dsl.diagnostics import Severity

__all__ = ["error_code", "report_error"]

_CATEGORY: Final = "Surestep"
_KNOWN: Final[dict[str, ErrorCode]] = {}


def error_code(kind: str) -> ErrorCode:
    """The code of a kind of fault, such as `surestep-clock`."""
    name = f"surestep-{kind}"
    if name not in _KNOWN:
        _KNOWN[name] = ErrorCode(name, f"What handlers do between steps: {kind}", _CATEGORY)
    return _KNOWN[name]


def report_error(checker: TypeChecker, place: Place, kind: str, message: str, severity: Severity) -> None:
    """Report at a place of the module that is checked; what is less than an error is a note."""
    checker.errors.report(
        place.line,
        place.column,
        message,
        error_code(kind),
        severity="error" if severity is Severity.ERROR else "note",
        end_line=place.end_line,
        end_column=place.end_column,
    )
