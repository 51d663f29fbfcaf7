"""The wire form of each scalar: which JSON values it accepts, and how they are ordered.

Order is what bounds are compared by: numbers by value, instants on the time line, durations by length.
"""

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from surestep_dsl.datatypes import Bound, JsonValue, ScalarKind
from surestep_dsl.duration import parse_duration
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER

__all__ = ["bound_order", "is_wire_value", "wire_order"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_TIME: Final = r"\d{2}:\d{2}:\d{2}(?:\.\d+)?"
_OFFSET: Final = r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_PATTERNS: Final = {
    ScalarKind.DATETIME: re.compile(f"{_DATE}[Tt ]{_TIME}{_OFFSET}", re.ASCII),
    ScalarKind.DATE: re.compile(_DATE, re.ASCII),
    ScalarKind.TIME: re.compile(f"{_TIME}{_OFFSET}?", re.ASCII),
    ScalarKind.DECIMAL: re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII),
    ScalarKind.UUID: re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    ScalarKind.URL: re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#]+\S*"),
    ScalarKind.EMAIL: re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+"),
}


def is_wire_value(kind: ScalarKind, value: JsonValue) -> bool:
    """Whether a JSON value is of this scalar kind; constraints are another question."""
    match kind:
        case ScalarKind.JSON:
            return True
        case ScalarKind.NULL:
            return value is None
        case ScalarKind.BOOLEAN:
            return isinstance(value, bool)
        case ScalarKind.STRING:
            return isinstance(value, str)
        case ScalarKind.UUID | ScalarKind.URL | ScalarKind.EMAIL:
            return isinstance(value, str) and _PATTERNS[kind].fullmatch(value) is not None
        case ScalarKind.BYTES:
            return isinstance(value, str) and _is_base64(value)
        case _:
            return wire_order(kind, value) is not None


def bound_order(kind: ScalarKind, bound: Bound | None) -> Fraction | None:
    """A bound's place among the values of a kind; the bound of an integer may be a fraction."""
    return wire_order(ScalarKind.NUMBER if kind is ScalarKind.INTEGER else kind, bound)


def wire_order(kind: ScalarKind, value: JsonValue) -> Fraction | None:
    """A value's place among those of its kind; None for a value of another kind, or a kind without order.

    Every kind is mapped to exact rational numbers: seconds for times, milliseconds for durations, days for dates.
    """
    if isinstance(value, bool) or value is None:
        return None
    match kind:
        case ScalarKind.INTEGER:
            exact = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return Fraction(value) if exact and MIN_INTEGER <= value <= MAX_INTEGER else None  # type: ignore[operator,arg-type]
        case ScalarKind.NUMBER:
            return Fraction(value) if isinstance(value, int | float) else None
        case ScalarKind.DECIMAL:
            return _decimal_order(str(value)) if isinstance(value, int | float | str) else None
        case ScalarKind.DATETIME | ScalarKind.DATE | ScalarKind.TIME:
            return _time_order(kind, value) if isinstance(value, str) else None
        case ScalarKind.DURATION:
            milliseconds = parse_duration(value) if isinstance(value, str) else None
            return None if milliseconds is None else Fraction(milliseconds)
        case _:
            return None


def _decimal_order(text: str) -> Fraction | None:
    if not _PATTERNS[ScalarKind.DECIMAL].fullmatch(text):
        return None
    try:
        return Fraction(Decimal(text))
    except InvalidOperation:
        return None


def _time_order(kind: ScalarKind, text: str) -> Fraction | None:
    if not _PATTERNS[kind].fullmatch(text):
        return None
    try:
        if kind is ScalarKind.DATE:
            return Fraction(date.fromisoformat(text).toordinal())
        if kind is ScalarKind.DATETIME:
            return Fraction((datetime.fromisoformat(text.upper()) - _EPOCH) // _MICROSECOND, 1_000_000)
        clock = time.fromisoformat(text.upper())
    except (ValueError, OverflowError):
        return None
    return clock.hour * 3600 + clock.minute * 60 + clock.second + Fraction(clock.microsecond, 1_000_000)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(text) % 4 == 0  # the library overlooks superfluous padding
