"""What an expression computes with, and how it prints.

JSON values are used as they come. A plain `int` is a JSON number and so a double, kept exact until something is
computed with it; a CEL int is an `Int`. Timestamps and durations exist only while an expression is evaluated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

from surestep_dsl.datatypes import JsonValue

__all__ = [
    "NUMBERS",
    "Duration",
    "EvaluationError",
    "EventValue",
    "ExprError",
    "Int",
    "Kind",
    "Moment",
    "Value",
    "classes_of",
    "kind_of",
    "scalar_text",
]

EventValue: TypeAlias = Mapping[str, JsonValue]
"""An event as on the wire: `name`, `data`, `id`, `ts` and perhaps `v`."""


class Int(int):
    """A 64-bit whole number: a literal, a size, the result of `int()`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """CEL's timestamp: nanoseconds since 1970 in UTC, within the years 1 to 9999."""

    ns: int


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """CEL's duration: nanoseconds, perhaps negative."""

    ns: int


@dataclass(frozen=True, slots=True)
class ExprError:
    """The result of an expression that has no value, with the reason in one sentence."""

    message: str


Value: TypeAlias = "JsonValue | Moment | Duration | ExprError"
"""What an evaluation gives."""


class Kind(StrEnum):
    """CEL's types. `dyn` is any of them: a value of type `json`, or one about which nothing is known."""

    NULL = "null"
    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    LIST = "list"
    MAP = "map"
    DYN = "dyn"


class EvaluationError(Exception):
    """Carries an error value through closures; never leaves this package."""


NUMBERS: Final[frozenset[Any]] = frozenset({int, float, Int})
_KINDS: Final = {
    type(None): Kind.NULL,
    bool: Kind.BOOL,
    int: Kind.DOUBLE,
    float: Kind.DOUBLE,
    Int: Kind.INT,
    str: Kind.STRING,
    Moment: Kind.TIMESTAMP,
    Duration: Kind.DURATION,
    list: Kind.LIST,
    dict: Kind.MAP,
}
_PLAIN_NUMBER_BELOW: Final = 1e21
_SECOND_NS: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def classes_of(kind: Kind) -> frozenset[type]:
    """The Python classes that hold values of a kind."""
    return frozenset(cls for cls, of in _KINDS.items() if kind in (of, Kind.DYN))


def kind_of(value: object) -> Kind:
    """CEL's name of a value's type; `dyn` for what is no value of an expression."""
    return _KINDS.get(type(value), Kind.DYN)


def scalar_text(value: object) -> str | None:
    """The canonical text of a scalar, None for a list or map: `5` for 5.0, `true`, `null`, RFC 3339, `90s`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return int.__repr__(value)
        case float():
            return _number_text(value)
        case Moment(ns):
            return _moment_text(ns)
        case Duration(ns):
            return ("-" if ns < 0 else "") + _seconds_text(abs(ns)) + "s"
        case _:
            return None


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < _PLAIN_NUMBER_BELOW:
        return str(int(value))
    return repr(value)


def _moment_text(ns: int) -> str:
    seconds, rest = divmod(ns, _SECOND_NS)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%m-%dT%H:%M:%S")
    year = (_EPOCH + timedelta(seconds=seconds)).year
    fraction = f".{rest:09}".rstrip("0") if rest else ""
    return f"{year:04}-{text}{fraction}Z"


def _seconds_text(ns: int) -> str:
    seconds, rest = divmod(ns, _SECOND_NS)
    return f"{seconds}" + (f".{rest:09}".rstrip("0") if rest else "")
