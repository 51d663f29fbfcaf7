"""The table of all diagnostic codes except those of expressions: code, default severity, title.

A code is never reused for something else. The letter says what it is about: S source and structure, P project settings,
T types, V events, F functions, C crons, N names, G the whole graph. Expression codes (E) are kept by
`surestep_dsl.expr`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span
from surestep_dsl.limits import MAX_CHECK_PROBLEMS

__all__ = ["CODES", "Code", "cut_findings", "find"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    Attributes:
        adjustable: settings may choose another severity. Errors without which a project has no clear meaning are not.
    """

    code: str
    severity: Severity
    title: str
    adjustable: bool


_ERRORS: Final = {
    "S001": "the file cannot be read",
    "S002": "the file is not UTF-8",
    "S003": "a character that YAML forbids",
    "S004": "a tab in the indentation",
    "S005": "not valid YAML",
    "S006": "a YAML directive",
    "S007": "more than one document in a file",
    "S008": "a YAML tag",
    "S009": "a merge key",
    "S010": "a key twice in one mapping",
    "S011": "an alias that contains itself",
    "S012": "aliases that expand to too much",
    "S013": "nesting too deep",
    "S014": "file too large",
    "S015": "too many values in one file",
    "S016": "a key that is not a text",
    "S017": "an alias without its anchor",
    "S018": "too many problems of one kind",
    "S101": "unknown key",
    "S102": "missing key",
    "S103": "another kind of value is wanted",
    "S104": "a key without a value",
    "S105": "a number out of its range",
    "S106": "not a whole number",
    "S107": "not true or false",
    "S108": "not a duration",
    "S109": "a duration out of its range",
    "S110": "not one of the allowed words",
    "S111": "not a valid id",
    "S113": "keys that exclude each other",
    "S114": "too many or too few entries",
    "S115": "declared twice",
    "S116": "files that disagree about the app",
    "S117": "no spec files",
    "P101": "no settings",
    "P102": "unknown setting",
    "P103": "a setting with a wrong value",
    "T101": "not a type expression",
    "T102": "unknown type",
    "T103": "a constraint that does not fit its type",
    "T104": "bounds that contradict each other",
    "T105": "a default that its type refuses",
    "T106": "an example that its type refuses",
    "T107": "an empty enum or a value twice",
    "T108": "an alias that reaches only itself",
    "T109": "a type without a finite value",
    "T110": "a pattern that does not compile",
    "T111": "a faulty tagged union",
    "T112": "a bound that is no value of its type",
    "T113": "a faulty field name",
    "T114": "a key that belongs to a field",
    "T115": "a union member twice",
    "T116": "not an object type",
    "T117": "types that build on each other too deep",
    "V101": "an event name that the wire forbids",
    "V102": "unknown event",
    "V103": "a system event where none is possible",
    "V104": "a faulty id template",
    "V105": "a faulty event version",
    "V106": "a pattern that matches no event",
    "V107": "a sensitive value in an id template",
    "V108": "patterns that take too many comparisons",
    "F101": "a trigger that is neither an event nor a cron",
    "F102": "equal event triggers",
    "F103": "options that exclude each other",
    "F105": "a concurrency of the app without a key",
    "F106": "a faulty handler place",
    "F107": "two functions with one handler",
    "F109": "unknown function",
    "F111": "a declared send that `emits` does not list",
    "F112": "a step id that could be a repetition of another step",
    "F113": "an event that only the runtime sends",
    "F114": "expressions that meet too many events",
    "C101": "not a cron expression",
    "C102": "an unknown time zone",
    "C103": "time zones that disagree",
    "C104": "a cron that never fires",
    "C105": "equal crons in one function",
    "N101": "two declarations with one Python name",
    "N102": "two fields with one Python name",
    "N103": "no Python name can be made",
    "N104": "not a Python name",
}

_LOWERABLE: Final = {
    "G101": "an endless loop of events",
}
"""Errors that settings may lower: the specs have a clear meaning, and it is almost surely not the one that is meant."""

_WARNINGS: Final = {
    "S201": "a faulty comment that silences",
    "S202": "a comment that silences nothing",
    "S203": "a baseline entry that is found no more",
    "T201": "use of something deprecated",
    "V201": "an event name outside the convention",
    "V202": "a generic event id",
    "V203": "older versions that are not newest first",
    "F201": "a cancel_on or wait without a condition",
    "F202": "a priority with nothing to wait for",
    "G201": "a wait that nobody answers",
}

_NOTES: Final = {
    "G301": "an event that nobody sends",
    "G302": "an event that nobody handles",
}

CODES: Final = {
    code: Code(code, severity, title, adjustable=titles is not _ERRORS)
    for severity, titles in (
        (Severity.ERROR, _ERRORS),
        (Severity.ERROR, _LOWERABLE),
        (Severity.WARNING, _WARNINGS),
        (Severity.INFO, _NOTES),
    )
    for code, title in titles.items()
}


def find(code: str, message: str, span: Span, hint: str | None = None, *related: Related) -> Diagnostic:
    """A diagnostic with the severity that the table gives to `code`."""
    return Diagnostic(code, CODES[code].severity, message, span, hint, related)


def cut_findings(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings up to a number of errors; the rest is not even looked for. Warnings alone are never cut."""
    errors = 0
    for diagnostic in found:
        errors += diagnostic.severity is Severity.ERROR
        if errors > MAX_CHECK_PROBLEMS:
            message = f"{MAX_CHECK_PROBLEMS:,} errors of one kind, the rest is left out"
            yield find("S018", message, diagnostic.span)
            return
        yield diagnostic
