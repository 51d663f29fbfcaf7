"""Strategies of scalars as JSON values, bounds included."""

import base64
import json
from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, islice
from math import ceil, floor
from typing import Final, TypeAlias

from surestep.errors import ConfigurationError
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import Constraints, JsonValue, Scalar, ScalarKind
from surestep_dsl.duration import format_duration
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER
from surestep_dsl.samples.patterns import (
    Alternatives,
    Characters,
    PatternTree,
    Repeated,
    Sequence,
    parse_pattern,
)
from surestep_dsl.samples.values import SampleValues
from surestep_dsl.wire import bound_order, wire_order

try:
    from hypothesis import strategies as st
except ModuleNotFoundError:
    raise ConfigurationError("surestep.testing.strategies needs hypothesis", hint="pip install hypothesis") from None

__all__ = ["Strategy", "json_values", "scalars", "st"]

Strategy: TypeAlias = st.SearchStrategy[JsonValue]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = 1_000_000
"""In microseconds, which instants and times of day are drawn in."""
_FIRST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_MOST_MILLISECONDS: Final = timedelta.max // timedelta(milliseconds=1)
_MOST_PLACES: Final = 12
_OFFSETS: Final = st.just(0) | st.integers(-23 * 60 - 59, 23 * 60 + 59)
"""In minutes."""
_FORMS: Final[Mapping[ScalarKind, str]] = {
    ScalarKind.URL: r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#]+\S*",
    ScalarKind.EMAIL: r"[^\s@]+@[^\s@]+\.[^\s@.]+",
}
_PLAIN: Final[Mapping[ScalarKind, str]] = {
    ScalarKind.URL: "https://example.org/",
    ScalarKind.EMAIL: "ada@example.org",
}
_KNOWN_GOOD: Final = 5
"""Samples that stand in for values that were drawn and do not fit."""


def json_values() -> Strategy:
    """Any JSON, with integers of at most 64 bits."""
    numbers = st.integers(MIN_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.none() | st.booleans() | numbers | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )


def scalars(kind: ScalarKind, constraints: Constraints) -> Strategy:
    """Values of a kind within bounds.

    What is drawn nearly always fits. Where it does not, one of a few samples takes its place: refusing it would make
    narrow types slow, and very narrow ones impossible.
    """
    scalar = Scalar(kind, constraints)
    samples: list[JsonValue] = []

    def fit(value: JsonValue) -> JsonValue:
        if find_refusal(value, scalar, {}) is None:
            return value
        if not samples:
            samples.extend(islice(SampleValues({}).of(scalar, "text"), _KNOWN_GOOD))
        return samples[len(json.dumps(value)) % len(samples)]

    return _drawn(kind, constraints).map(fit)


def _drawn(kind: ScalarKind, constraints: Constraints) -> Strategy:
    match kind:
        case ScalarKind.STRING:
            return _texts(constraints)
        case ScalarKind.INTEGER:
            return _whole(kind, constraints, MIN_INTEGER, MAX_INTEGER)
        case ScalarKind.NUMBER:
            return _numbers(constraints)
        case ScalarKind.DECIMAL:
            return _decimals(constraints)
        case ScalarKind.DATETIME:
            return st.builds(_instant, _whole(kind, constraints, _FIRST, _LAST, _SECOND), _OFFSETS)
        case ScalarKind.DATE:
            days = _whole(kind, constraints, 1, date.max.toordinal())
            return days.map(lambda day: date.fromordinal(day).isoformat())
        case ScalarKind.TIME:
            clock = _whole(kind, constraints, 0, 86_400 * _SECOND - 1, _SECOND)
            return st.builds(_time, clock, st.none() | _OFFSETS)
        case ScalarKind.DURATION:
            return _whole(kind, constraints, 0, _MOST_MILLISECONDS).map(format_duration)
        case ScalarKind.UUID:
            return st.uuids().map(str)
        case ScalarKind.BYTES:
            sizes = st.binary(min_size=constraints.min_length or 0, max_size=constraints.max_length)
            return sizes.map(lambda content: base64.b64encode(content).decode())
        case ScalarKind.URL | ScalarKind.EMAIL:
            return _seldom_odd(_PLAIN[kind], _matching(parse_pattern(_FORMS[kind])))
        case ScalarKind.BOOLEAN:
            return st.booleans()
        case ScalarKind.JSON:
            return json_values()
        case ScalarKind.NULL:
            return st.none()


def _whole(kind: ScalarKind, constraints: Constraints, least: int, most: int, unit: int = 1) -> st.SearchStrategy[int]:
    """Whole numbers of units within the bounds of the kind and those stated; often one of these."""
    step = wire_order(ScalarKind.DECIMAL, constraints.multiple_of)
    grain = step.numerator if step is not None else 1
    low, high = _bounds(kind, constraints)
    first = least if low is None else max(least, ceil(low * unit))
    last = most if high is None else min(most, floor(high * unit))
    first, last = ceil(Fraction(first, grain)), floor(Fraction(last, grain))
    last = max(first, last)
    at_bounds = st.sampled_from((first, last))
    return (st.integers(first, last) | at_bounds).map(lambda number: number * grain)


def _bounds(kind: ScalarKind, constraints: Constraints) -> tuple[Fraction | None, Fraction | None]:
    """The least and greatest order; exclusive bounds count as inclusive ones."""
    lows = [bound_order(kind, bound) for bound in (constraints.min, constraints.exclusive_min)]
    highs = [bound_order(kind, bound) for bound in (constraints.max, constraints.exclusive_max)]
    return (
        max((bound for bound in lows if bound is not None), default=None),
        min((bound for bound in highs if bound is not None), default=None),
    )


def _numbers(constraints: Constraints) -> Strategy:
    low, high = _bounds(ScalarKind.NUMBER, constraints)
    step = wire_order(ScalarKind.DECIMAL, constraints.multiple_of)
    if step is not None:
        first = ceil((Fraction(-(2**53)) if low is None else low) / step)
        last = floor((Fraction(2**53) if high is None else high) / step)
        return st.integers(first, max(first, last)).map(lambda number: float(number * step))
    return st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        allow_nan=False,
        allow_infinity=False,
    )


def _decimals(constraints: Constraints) -> Strategy:
    """Texts, and the JSON numbers that are accepted instead."""
    low, high = _bounds(ScalarKind.DECIMAL, constraints)
    step = wire_order(ScalarKind.DECIMAL, constraints.multiple_of)
    if step is None and low is None and high is None:
        digits = st.decimals(allow_nan=False, allow_infinity=False).map(str)
        powers = st.builds("{}e{}".format, st.integers(MIN_INTEGER, MAX_INTEGER), st.integers(-9_000, 9_000))
        return (
            digits | powers | st.integers(MIN_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
        )
    grains = [step] if step is not None else [Fraction(1, 10**places) for places in range(_MOST_PLACES)]
    least = (
        low
        if low is not None
        else min(Fraction(-(10**30)), *([high - 10**30] if high is not None else []), Fraction(0))
    )
    most = high if high is not None else max(Fraction(10**30), least + 10**30)
    spans = [(grain, ceil(least / grain), floor(most / grain)) for grain in grains]
    fitting = [span for span in spans if span[1] <= span[2]] or spans[-1:]
    return st.one_of([_multiples(*span) for span in fitting])


def _multiples(grain: Fraction, first: int, last: int) -> Strategy:
    scale = Decimal(grain.numerator) / Decimal(grain.denominator)
    return st.integers(first, max(first, last)).map(lambda number: f"{Decimal(number) * scale:f}")


def _instant(microseconds: int, offset_minutes: int) -> JsonValue:
    instant = _EPOCH + timedelta(microseconds=microseconds)
    try:
        return instant.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()
    except OverflowError:  # another offset would be outside of the calendar
        return instant.isoformat()


def _time(microseconds: int, offset_minutes: int | None) -> JsonValue:
    clock = (_EPOCH + timedelta(microseconds=microseconds)).time()
    if offset_minutes is None:
        return clock.isoformat()
    return clock.replace(tzinfo=timezone(timedelta(minutes=offset_minutes))).isoformat()


def _texts(constraints: Constraints) -> Strategy:
    pattern = constraints.pattern
    if pattern is None:
        return st.text(min_size=constraints.min_length or 0, max_size=constraints.max_length)
    matching = _matching(parse_pattern(pattern))
    before = st.just("") if pattern.startswith(("^", r"\A")) else st.just("") | st.text()
    after = st.just("") if pattern.endswith(("$", r"\z")) else st.just("") | st.text()
    return st.tuples(before, matching, after).map("".join)


def _seldom_odd(plain: str, others: st.SearchStrategy[str]) -> Strategy:
    """Mostly the plain text: payloads with a hundred addresses would use up what hypothesis grants an example."""
    return st.integers(0, 7).flatmap(lambda drawn: others if drawn == 7 else st.just(plain))


def _matching(tree: PatternTree) -> st.SearchStrategy[str]:
    """Texts that should match; search semantics and anchors are another matter."""
    match tree:
        case Characters(ranges):
            sizes = [0, *accumulate(high - low + 1 for low, high in ranges)]
            if not ranges:
                return st.just("")
            return st.integers(0, sizes[-1] - 1).map(
                lambda at: chr(ranges[bisect_right(sizes, at) - 1][0] + at - sizes[bisect_right(sizes, at) - 1])
            )
        case Repeated(of, least, most):
            return st.lists(_matching(of), min_size=least, max_size=most).map("".join)
        case Sequence(parts):
            return st.tuples(*map(_matching, parts)).map("".join)
        case Alternatives(options):
            return st.one_of([_matching(option) for option in options])
