"""What can be wrong with an expression: one line for each code.

A problem knows its place only as characters of the expression; whoever read the expression out of a file maps them to
a line and a column.
"""

from dataclasses import dataclass
from typing import Final

from surestep_dsl.diagnostics import Severity

__all__ = ["PROBLEM_CODES", "Problem", "find"]

_ERRORS: Final = {
    "E101": "not an expression",
    "E102": "a faulty text literal",
    "E103": "a number out of its range",
    "E104": "expression too long",
    "E105": "nesting too deep",
    "E106": "a macro used wrongly",
    "E201": "unknown name",
    "E202": "unknown field",
    "E203": "a field that not every event has",
    "E204": "unknown function",
    "E205": "a function called wrongly",
    "E206": "`async` where there is no second event",
    "E207": "not a path to a field of `data`",
    "E301": "types that do not fit an operator",
    "E302": "an argument of a wrong type",
    "E303": "a result of a wrong type",
    "E304": "a value that cannot occur",
    "E305": "fields of something that has none",
    "E306": "a regular expression that does not compile",
    "E307": "a constant part that is always an error",
    "E308": "a priority out of its range",
    "E309": "a sensitive value in a key or match",
}

_WARNINGS: Final = {
    "E401": "null compared with what is never null",
    "E402": "a value that may be absent or null",
    "E403": "a field of some members of a union",
    "E404": "use of a deprecated field",
    "E405": "a matched field that not every event has",
}

PROBLEM_CODES: Final = {
    code: (severity, title)
    for severity, titles in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS))
    for code, title in titles.items()
}
"""For each code its severity and title."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about an expression.

    Attributes:
        start: first character, counted from 0 in the expression's text.
        end: the character after the last; equal to `start` where something is missing.
    """

    code: str
    severity: Severity
    message: str
    start: int
    end: int
    hint: str | None = None


def find(code: str, message: str, start: int, end: int, hint: str | None = None) -> Problem:
    """A problem with the severity that the table gives to `code`."""
    return Problem(code, PROBLEM_CODES[code][0], message, start, end, hint)
