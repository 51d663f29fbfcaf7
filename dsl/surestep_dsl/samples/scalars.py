"""Candidates for sample values of scalars: plain ones first, then those at the bounds, then as many as wanted.

Not each candidate need fit; whoever takes them asks the language.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import ceil, nextafter
from typing import Final

from surestep_dsl.datatypes import Constraints, JsonValue, ScalarKind
from surestep_dsl.duration import format_duration
from surestep_dsl.samples.patterns import matching_texts, parse_pattern
from surestep_dsl.wire import bound_order, wire_order

__all__ = ["scalar_candidates"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOON: Final = Fraction(datetime(2024, 1, 1, 12, tzinfo=UTC).timestamp())
_DAY: Final = 86_400
_MICROSECOND: Final = Fraction(1, 1_000_000)


def scalar_candidates(kind: ScalarKind, constraints: Constraints, name: str) -> Iterator[JsonValue]:
    """Values of a kind; `name` is the field's, which texts are made of."""
    match kind:
        case ScalarKind.STRING:
            return _texts(constraints, name)
        case ScalarKind.INTEGER:
            return (ceil(order) for order in _orders(kind, constraints, Fraction(1), Fraction(1)))
        case ScalarKind.NUMBER:
            return _numbers(constraints)
        case ScalarKind.DECIMAL:
            return (_decimal(order) for order in _orders(kind, constraints, Fraction(1), Fraction(1, 100)))
        case ScalarKind.DATETIME:
            orders = _orders(kind, constraints, _NOON, _MICROSECOND, Fraction(1))
            return (_instant(order).replace("+00:00", "Z") for order in orders)
        case ScalarKind.DATE:
            start = Fraction(date(2024, 1, 1).toordinal())
            orders = _orders(kind, constraints, start, Fraction(1))
            return (date.fromordinal(int(order)).isoformat() for order in orders if 0 < order <= date.max.toordinal())
        case ScalarKind.TIME:
            orders = _orders(kind, constraints, Fraction(_DAY // 2), _MICROSECOND, Fraction(60))
            return (_instant(order)[11:].removesuffix("+00:00") for order in orders if 0 <= order < _DAY)
        case ScalarKind.DURATION:
            orders = _orders(kind, constraints, Fraction(3_600_000), Fraction(1), Fraction(1_000))
            return (format_duration(int(order)) for order in orders if order >= 0)
        case ScalarKind.UUID:
            return (f"00000000-0000-4000-8000-{number:012}" for number in count(1))
        case ScalarKind.BYTES:
            return (base64.b64encode(text.encode()).decode() for text in _sized(constraints, "bytes"))
        case ScalarKind.URL:
            return _sized(constraints, "https://example.org/", "a://")
        case ScalarKind.EMAIL:
            return _addresses(constraints)
        case ScalarKind.BOOLEAN:
            return iter((True, False))
        case ScalarKind.JSON:
            return ({} if number == 0 else number for number in count())
        case ScalarKind.NULL:
            return iter((None,))


def _orders(
    kind: ScalarKind, constraints: Constraints, start: Fraction, grain: Fraction, stride: Fraction | None = None
) -> Iterator[Fraction]:
    """Places among the values of a kind: the start, those about the bounds, then from the lower bound on."""
    low, above = bound_order(kind, constraints.min), bound_order(kind, constraints.exclusive_min)
    high, below = bound_order(kind, constraints.max), bound_order(kind, constraints.exclusive_max)
    step = wire_order(ScalarKind.DECIMAL, constraints.multiple_of)
    if step is not None:
        grain = Fraction(step.numerator) if kind is ScalarKind.INTEGER else step
    lows = [bound for bound in (low, above) if bound is not None]
    highs = [bound for bound in (high, below) if bound is not None]
    bounds = [start, *([Fraction(0)] if kind is not ScalarKind.TIME else []), *lows, *highs]
    if lows and highs:
        bounds.append((max(lows) + min(highs)) / 2)
    for bound in bounds:
        yield bound
        nearest = ceil(bound / grain) * grain
        yield from (nearest, nearest - grain, nearest + grain)
    first = ceil(max(lows, default=min([start, *highs])) / grain) * grain
    down = bool(highs) and not lows
    for number in count(1):
        yield first + number * (stride or grain) * (-1 if down else 1)
        yield first + number * grain * (-1 if down else 1)


def _numbers(constraints: Constraints) -> Iterator[JsonValue]:
    for order in _orders(ScalarKind.NUMBER, constraints, Fraction(1), Fraction(1)):
        try:
            number = float(order)
        except OverflowError:
            continue
        yield number
        yield nextafter(number, float("inf"))
        yield nextafter(number, float("-inf"))


def _decimal(order: Fraction) -> str:
    """Exact for what has a finite decimal form."""
    digits = 0
    while (order * 10**digits).denominator != 1 and digits < 40:
        digits += 1
    return f"{Decimal(int(order * 10**digits)).scaleb(-digits):f}"


def _instant(order: Fraction) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=round(order * 1_000_000))).isoformat()
    except OverflowError:
        return ""


def _texts(constraints: Constraints, name: str) -> Iterator[str]:
    if constraints.pattern is None:
        yield from _sized(constraints, name or "text")
        return
    matching = list(matching_texts(parse_pattern(constraints.pattern)))
    yield from matching
    least = constraints.min_length or 0
    for text in matching:  # search semantics: what stands around a match is free, unless anchors forbid it
        padding = "a" * (least - len(text))
        yield from (text + padding, padding + text)
    yield from (f"{text}{number}" for number in count() for text in matching[:8])


def _addresses(constraints: Constraints) -> Iterator[str]:
    most = constraints.max_length
    end = "@example.org" if most is None or most > len("@example.org") else "@b.c"
    before = Constraints(
        min_length=max(0, (constraints.min_length or 0) - len(end)),
        max_length=None if most is None else max(0, most - len(end)),
    )
    return (f"{text}{end}" for text in _sized(before, "ada"))


def _sized(constraints: Constraints, plain: str, start: str = "") -> Iterator[str]:
    """Texts of a right length: `plain`, numbered from the second on, or short ones that begin with `start`."""
    least, most = constraints.min_length or 0, constraints.max_length
    for number in count(1):
        text = plain if number == 1 else f"{plain}{number}"
        if most is not None and len(text) > most:
            text = f"{start}{_letters(number)}"[:most]
        yield text + "x" * (least - len(text))


def _letters(number: int) -> str:
    """1 is `a`, 26 is `z`, 27 is `aa`."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("a") + digit) + text
    return text
