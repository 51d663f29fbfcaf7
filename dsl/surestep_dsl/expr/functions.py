"""The table of all functions: how each is called, what it takes and gives, and what it does.

The checker, the compiler and the manual read the same rows. Operators and macros are not functions.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from surestep_dsl.expr.instants import (
    GETTERS,
    duration_from_text,
    loose_moment,
    moment,
    moment_from_ms,
    moment_from_text,
    part_of,
)
from surestep_dsl.expr.operators import as_double, checked_int
from surestep_dsl.expr.text_functions import (
    decode_base64,
    find_text,
    join_texts,
    lower_ascii,
    matches,
    parse_json,
    replace_text,
    split_text,
    substring,
    upper_ascii,
)
from surestep_dsl.expr.values import Duration, EvaluationError, Int, Kind, Moment, scalar_text
from surestep_dsl.limits import CHARACTERS_PER_EVALUATION_STEP, MIN_INTEGER, PATTERN_CHARACTERS_PER_EVALUATION_STEP

__all__ = ["FUNCTIONS", "Function", "Style"]

_NEW_PATTERN_STEPS: Final = 500
"""Compiling a regular expression that the expression computes; 60 ms in the worst case measured."""


class Style(StrEnum):
    """How a function is called: `value.name()`, `name(value)`, or either way."""

    METHOD = "method"
    FREE = "free"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Function:
    """One row.

    Attributes:
        parameters: for each the kinds it takes; of a method the first is the value before the dot.
        required: how many of `parameters` cannot be left out.
        items: the kind of the items, where the result is a list.
        reads_clock: `run` gets the present in milliseconds as an additional first argument.
        flat_steps: what a call costs besides reading its arguments.
    """

    name: str
    style: Style
    parameters: tuple[frozenset[Kind], ...]
    required: int
    returns: Kind
    run: Callable[..., Any]
    summary: str
    items: Kind = Kind.DYN
    reads_clock: bool = False
    flat_steps: int = 0
    characters_per_step: int = CHARACTERS_PER_EVALUATION_STEP

    @property
    def signature(self) -> str:
        """For people: `string.replace(string, string, int?)`."""
        texts = ["|".join(sorted(kinds)) for kinds in self.parameters]
        texts[self.required :] = [f"{text}?" for text in texts[self.required :]]
        if self.style == Style.FREE:
            return f"{self.name}({', '.join(texts)})"
        return f"{texts[0]}.{self.name}({', '.join(texts[1:])})"


def _to_int(value: Any) -> Int:
    match value:
        case Moment(ns):
            return Int(ns // 1_000_000_000)
        case str():
            if not re.fullmatch(r"[+-]?[0-9]{1,19}", value):
                raise EvaluationError(f"`{value[:50]}` is not a whole number of 64 bits")
            return checked_int(int(value))
        case float() if value <= MIN_INTEGER:
            raise EvaluationError("a whole number beyond 64 bits")  # CEL refuses what may have been rounded to it
        case _:
            return checked_int(math.trunc(value))


def _to_double(value: Any) -> float:
    if not isinstance(value, str):
        return as_double(value)
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", value) or math.isinf(float(value)):
        raise EvaluationError(f"`{value[:50]}` is not a number")
    return float(value)


def _to_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "True", "TRUE", "t", "1", "false", "False", "FALSE", "f", "0"):
        return value in ("true", "True", "TRUE", "t", "1")
    raise EvaluationError(f"`{str(value)[:50]}` is neither true nor false")


def _to_moment(value: str | int | Moment) -> Moment:
    if isinstance(value, Moment):
        return value
    return moment_from_text(value) if isinstance(value, str) else moment(int(value) * 1_000_000_000)


def _to_duration(value: str | Duration) -> Duration:
    return duration_from_text(value) if isinstance(value, str) else value


def _now_plus(now_ms: int, offset: str) -> Moment:
    return moment(now_ms * 1_000_000 + duration_from_text(offset).ns)


def _now_minus(now_ms: int, offset: str) -> Moment:
    return moment(now_ms * 1_000_000 - duration_from_text(offset).ns)


_STRING: Final = frozenset({Kind.STRING})
_INT: Final = frozenset({Kind.INT})
_NUMBER: Final = frozenset({Kind.INT, Kind.DOUBLE})
_SCALAR: Final = _STRING | _NUMBER | {Kind.BOOL, Kind.TIMESTAMP, Kind.DURATION}


def _method(
    name: str, run: Callable[..., Any], returns: Kind, summary: str, *parameters: frozenset[Kind], optional: int = 0
) -> Function:
    allowed = (_STRING, *parameters)
    return Function(name, Style.METHOD, allowed, len(allowed) - optional, returns, run, summary)


def _free(name: str, run: Callable[..., Any], returns: Kind, summary: str, *parameters: frozenset[Kind]) -> Function:
    return Function(name, Style.FREE, parameters, len(parameters), returns, run, summary)


def _clock(name: str, run: Callable[..., Any], summary: str, *parameters: frozenset[Kind]) -> Function:
    return Function(name, Style.FREE, parameters, len(parameters), Kind.TIMESTAMP, run, summary, reads_clock=True)


def _getter(name: str) -> Function:
    counted = "of a duration: whole units" if name in ("getHours", "getMinutes", "getSeconds") else "in a time zone"
    takes = frozenset({Kind.TIMESTAMP, *({Kind.DURATION} if name in _DURATION_GETTERS else ())})
    run = partial(part_of, name)
    return Function(name, Style.METHOD, (takes, _STRING), 1, Kind.INT, run, f"a part of an instant, {counted}")


_DURATION_GETTERS: Final = frozenset({"getHours", "getMinutes", "getSeconds", "getMilliseconds"})

_ROWS: Final = (
    Function(
        "size",
        Style.EITHER,
        (frozenset({Kind.STRING, Kind.LIST, Kind.MAP}),),
        1,
        Kind.INT,
        lambda value: Int(len(value)),
        "how many characters, items or keys",
    ),
    _method("startsWith", str.startswith, Kind.BOOL, "whether the text begins so", _STRING),
    _method("endsWith", str.endswith, Kind.BOOL, "whether the text ends so", _STRING),
    _method("contains", str.__contains__, Kind.BOOL, "whether the text has this part", _STRING),
    Function(
        "matches",
        Style.EITHER,
        (_STRING, _STRING),
        2,
        Kind.BOOL,
        matches,
        "whether a regular expression is found in the text",
        flat_steps=_NEW_PATTERN_STEPS,
        characters_per_step=PATTERN_CHARACTERS_PER_EVALUATION_STEP,
    ),
    _method("lowerAscii", lower_ascii, Kind.STRING, "A to Z in lower case"),
    _method("upperAscii", upper_ascii, Kind.STRING, "a to z in upper case"),
    _free("lowercase", str.lower, Kind.STRING, "all letters in lower case", _STRING),
    _free("uppercase", str.upper, Kind.STRING, "all letters in upper case", _STRING),
    _method("trim", str.strip, Kind.STRING, "without white space at both ends"),
    Function(
        "split",
        Style.METHOD,
        (_STRING, _STRING, _INT),
        2,
        Kind.LIST,
        split_text,
        "the parts between separators, at most so many",
        items=Kind.STRING,
    ),
    Function(
        "join",
        Style.METHOD,
        (frozenset({Kind.LIST}), _STRING),
        1,
        Kind.STRING,
        join_texts,
        "the texts of a list, with a separator between them",
    ),
    _method("replace", replace_text, Kind.STRING, "a part replaced, so many times", _STRING, _STRING, _INT, optional=1),
    _method("substring", substring, Kind.STRING, "from a character up to another", _INT, _INT, optional=1),
    _method("indexOf", find_text, Kind.INT, "the first place of a part, or -1", _STRING, _INT, optional=1),
    _free(
        "int",
        _to_int,
        Kind.INT,
        "as whole number, toward zero; seconds since 1970",
        _STRING | _NUMBER | {Kind.TIMESTAMP},
    ),
    _free("double", _to_double, Kind.DOUBLE, "as double", _STRING | _NUMBER),
    _free("string", scalar_text, Kind.STRING, "as text: 5.0 is `5`", _SCALAR),
    _free("bool", _to_bool, Kind.BOOL, "`true` or `false` as boolean", _STRING | {Kind.BOOL}),
    _free(
        "timestamp",
        _to_moment,
        Kind.TIMESTAMP,
        "from RFC 3339, or seconds since 1970",
        _STRING | _INT | {Kind.TIMESTAMP},
    ),
    _free("duration", _to_duration, Kind.DURATION, "from `1h30m`, `P1D` or `1.5h`", _STRING | {Kind.DURATION}),
    *(_getter(name) for name in GETTERS),
    _free(
        "date", loose_moment, Kind.TIMESTAMP, "from the usual formats, or seconds or ms since 1970", _STRING | _NUMBER
    ),
    _clock("now", moment_from_ms, "the present"),
    _clock("now_plus", _now_plus, "the present and a duration such as `24h`", _STRING),
    _clock("now_minus", _now_minus, "the present less a duration", _STRING),
    _free("b64decode", decode_base64, Kind.STRING, "the text that base64 holds", _STRING),
    _free("json_parse", parse_json, Kind.DYN, "the value that a JSON text holds", _STRING),
)

FUNCTIONS: Final = {row.name: row for row in _ROWS}
"""All functions by name."""
