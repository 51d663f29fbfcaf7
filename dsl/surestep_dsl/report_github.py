"""Shows diagnostics as workflow commands, which GitHub turns into annotations of the changed files."""

from collections.abc import Iterable, Mapping
from typing import Final

from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.diagnostics import Diagnostic, Severity

__all__ = ["render_github"]

_TITLES: Final[Mapping[str, str]] = {code: found.title for code, found in ALL_CODES.items()}
_NO_TITLES: Final[Mapping[str, str]] = {}
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = _IN_TEXT | str.maketrans({":": "%3A", ",": "%2C"})


def render_github(diagnostics: Iterable[Diagnostic], titles: Mapping[str, str] = _NO_TITLES, folder: str = "") -> str:
    """One command a line for each finding; the line after the last one is begun.

    Args:
        diagnostics: what was found; one whose file has no name is shown without a place.
        titles: what codes besides those of specs stand for.
        folder: where the project lies in the repository that the workflow has checked out; empty, or ending in a slash.
    """
    known = {**_TITLES, **titles}
    return "".join(f"{_command(diagnostic, known[diagnostic.code], folder)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, title: str, folder: str) -> str:
    span = diagnostic.span
    properties = {}
    if span.file:
        properties = {"file": f"{folder}{span.file}", "line": str(span.line), "endLine": str(span.end_line)}
    if span.file and span.end_line == span.line:  # GitHub wants columns of one line only
        # both inclusive here, and a place between two characters is shown at the next one
        properties |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    properties["title"] = f"{diagnostic.code}: {title}"
    listed = ",".join(f"{name}={value.translate(_IN_PROPERTY)}" for name, value in properties.items())
    related = (f"{place.span.file}:{place.span.line}: {place.message}" for place in diagnostic.related)
    lines = [diagnostic.message, *([f"hint: {diagnostic.hint}"] if diagnostic.hint else []), *related]
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{chr(10).join(lines).translate(_IN_TEXT)}"
