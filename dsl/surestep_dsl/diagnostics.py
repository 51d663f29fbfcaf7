"""What a check says about a spec: a code, a place, one sentence, a hint.

Plain data. How it is shown (text, JSON, annotations) is decided in `report`; which codes exist and how severe they
are is decided in `codes`.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Diagnostic", "Related", "Severity", "Span"]


class Severity(StrEnum):
    """How much a finding matters; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source text.

    Attributes:
        file: path as given by the user, relative to the project's root where possible, with forward slashes.
        line: 1-based.
        column: 1-based, in characters.
        end_line: 1-based, inclusive.
        end_column: 1-based, exclusive.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that takes part in a finding, with what it has to do with it."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable across releases and is listed in `codes`."""

    code: str
    severity: Severity
    message: str
    span: Span
    hint: str | None = None
    related: tuple[Related, ...] = ()
