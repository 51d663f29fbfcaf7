"""Approvals: findings that were looked at and may pass, each with a reason and a date.

A TOML file with one `[[approved]]` table for each; an entry without a reason or a date is an error, because nobody
could say later why it is there.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from surestep_codegen.project_codes import ProjectCode
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText

__all__ = ["APPROVALS_FILE", "APPROVAL_CODES", "FAULTY", "OVERDUE", "STALE", "Approval", "parse_approvals"]

APPROVALS_FILE: Final = "breaking-approvals.toml"
"""Looked for beside pyproject.toml."""
FAULTY: Final = "B901"
STALE: Final = "B902"
OVERDUE: Final = "B903"

APPROVAL_CODES: Final = (
    ProjectCode(
        FAULTY,
        Severity.ERROR,
        "an approval that is wrong",
        "The file of approvals is TOML with an `[[approved]]` table for each finding that may pass: its `code`, its "
        "`path` as it is shown, a `reason` and the `date` of the decision, perhaps `until` when it counts.",
    ),
    ProjectCode(
        STALE,
        Severity.WARNING,
        "an approval that nothing needs",
        "No finding has the code and the path of this approval any more. Remove it, or it would let a later change of "
        "the same kind pass.",
    ),
    ProjectCode(
        OVERDUE,
        Severity.WARNING,
        "an approval that has run out",
        "The last day on which this approval counts is over, so its finding fails again. Decide anew.",
    ),
)

_KEYS: Final = ("code", "path", "reason", "date", "until")
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?approved[\"']?[ \t]*\]\]", re.MULTILINE)
_EXAMPLE: Final = 'write [[approved]] with code = "B102", path = "...", reason = "..." and date = 2025-01-31'


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry.

    Attributes:
        path: of the finding, as it is shown.
        until: the last day on which it counts; None means for ever.
    """

    code: str
    path: str
    reason: str
    approved_on: date
    until: date | None
    span: Span


def parse_approvals(source: SourceText, codes: Collection[str]) -> tuple[tuple[Approval, ...], tuple[Diagnostic, ...]]:
    """The entries of a file, and what is wrong with the others."""
    try:
        document = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        span = Span(source.file, line, column, line, column + 1)
        return (), (_faulty(f"not valid TOML: {str(error).partition(' (at')[0]}", span),)
    tables = document.get("approved", [])
    others = [key for key in document if key != "approved"]
    if others or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return (), (_faulty("approvals are [[approved]] tables and nothing else", source.span(0, 1)),)
    reader = _Reader(codes)
    places = [source.span(*match.span()) for match in _HEADER.finditer(source.text)]
    places += [source.span(0, 1)] * (len(tables) - len(places))
    read = [reader.approval(table, span) for table, span in zip(tables, places, strict=False)]
    return tuple(entry for entry in read if entry is not None), tuple(reader.found)


def _faulty(message: str, span: Span) -> Diagnostic:
    return Diagnostic(FAULTY, Severity.ERROR, message, span, _EXAMPLE)


class _Reader:
    def __init__(self, codes: Collection[str]) -> None:
        self.codes = codes
        self.found: list[Diagnostic] = []

    def approval(self, table: Mapping[str, object], span: Span) -> Approval | None:
        before = len(self.found)
        for key in table:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS, f"keys are {', '.join(_KEYS)}")
                self.found.append(
                    Diagnostic(FAULTY, Severity.ERROR, f"an approval has no key `{key}`", span, hint),
                )
        code, path, reason = (self._text(table, key, span) for key in ("code", "path", "reason"))
        if code and code not in self.codes:
            self.found.append(_faulty(f"there is no code `{code}`", span))
        approved = self._date(table, "date", span)
        until = self._date(table, "until", span) if "until" in table else None
        if approved is None or len(self.found) > before:
            return None
        return Approval(code, path, reason, approved, until, span)

    def _text(self, table: Mapping[str, object], key: str, span: Span) -> str:
        value = table.get(key)
        if isinstance(value, str) and value.strip():
            return value
        problem = f"an approval needs a `{key}`" if key not in table else f"the `{key}` of an approval must be a text"
        self.found.append(_faulty(problem, span))
        return ""

    def _date(self, table: Mapping[str, object], key: str, span: Span) -> date | None:
        value = table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        problem = f"an approval needs a `{key}`" if key not in table else f"`{key}` must be a day such as 2025-01-31"
        self.found.append(_faulty(problem, span))
        return None
