"""Whether the constraints of one scalar, list or map keep within those of another."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

from surestep_dsl.datatypes import NO_CONSTRAINTS, Bound, Constraints, Scalar, ScalarKind
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER
from surestep_dsl.wire import wire_order

__all__ = ["StricterBound", "find_stricter_bounds", "find_stricter_counts", "is_kind_within"]

_Limit: TypeAlias = tuple[Fraction, bool, str]
"""An order, turned round for upper bounds, whether it is itself excluded, and the constraint that says so."""

_TEXTS: Final = frozenset(
    {
        ScalarKind.BYTES,
        ScalarKind.DATE,
        ScalarKind.DATETIME,
        ScalarKind.DURATION,
        ScalarKind.EMAIL,
        ScalarKind.TIME,
        ScalarKind.URL,
        ScalarKind.UUID,
    }
)
_WITHIN: Final = {
    ScalarKind.NUMBER: frozenset({ScalarKind.INTEGER}),
    ScalarKind.DECIMAL: frozenset({ScalarKind.INTEGER, ScalarKind.NUMBER}),
    ScalarKind.STRING: _TEXTS,
    ScalarKind.JSON: frozenset(ScalarKind),
}
"""Which other kinds' wire forms a kind accepts; decimals accept JSON numbers."""
_COUNTED_ALIKE: Final = frozenset({ScalarKind.STRING, ScalarKind.URL, ScalarKind.EMAIL})
"""Kinds whose lengths are characters; those of bytes are bytes."""


class StricterBound(NamedTuple):
    """A constraint that not every given value keeps."""

    name: str
    given: Bound | None
    wanted: Bound


def is_kind_within(given: ScalarKind, wanted: ScalarKind) -> bool:
    """Whether the wire form of every value of one kind is one of the other, constraints left aside."""
    return given is wanted or given in _WITHIN.get(wanted, ())


def find_stricter_bounds(given: Scalar, wanted: Scalar) -> Iterator[StricterBound]:
    """The constraints of `wanted` that a value of `given` can break; the kinds must fit."""
    if wanted.kind is ScalarKind.JSON or wanted.constraints == NO_CONSTRAINTS or given == wanted:
        return
    yield from _stricter_limit(given, wanted, "min", 1)
    yield from _stricter_limit(given, wanted, "max", -1)
    ours, theirs = given.constraints, wanted.constraints
    if theirs.multiple_of is not None and not _is_multiple(given, theirs.multiple_of):
        yield StricterBound("multiple_of", ours.multiple_of, theirs.multiple_of)
    alike = given.kind is wanted.kind or given.kind in _COUNTED_ALIKE
    yield from find_stricter_counts(ours if alike else Constraints(), theirs)
    if theirs.pattern is not None and theirs.pattern != ours.pattern:
        yield StricterBound("pattern", ours.pattern, theirs.pattern)


def find_stricter_counts(given: Constraints, wanted: Constraints) -> Iterator[StricterBound]:
    """The same for lengths of texts and sizes of lists and maps."""
    pairs = (
        ("min_length", given.min_length, wanted.min_length, 1),
        ("max_length", given.max_length, wanted.max_length, -1),
        ("min_items", given.min_items, wanted.min_items, 1),
        ("max_items", given.max_items, wanted.max_items, -1),
    )
    for name, ours, theirs, sign in pairs:
        least = 0 if sign == 1 and ours is None else ours
        if theirs is not None and (least is None or least * sign < theirs * sign):
            yield StricterBound(name, ours, theirs)
    if wanted.unique_items and not given.unique_items:
        yield StricterBound("unique_items", given.unique_items, wanted.unique_items)


def _stricter_limit(given: Scalar, wanted: Scalar, name: str, sign: int) -> Iterator[StricterBound]:
    # a number's digits count where a decimal is wanted
    kind = ScalarKind.NUMBER if wanted.kind is ScalarKind.INTEGER else wanted.kind
    ours, theirs = _limit(given, kind, name, sign), _limit(wanted, kind, name, sign)
    if theirs is not None and (ours is None or ours[:2] < theirs[:2]):
        chosen = theirs[2]
        yield StricterBound(chosen, getattr(given.constraints, chosen), getattr(wanted.constraints, chosen))


def _limit(scalar: Scalar, kind: ScalarKind, name: str, sign: int) -> _Limit | None:
    """The strictest lower limit (`sign` 1) or upper limit (`sign` -1), or None."""
    limits = [
        (order * sign, is_strict, key)
        for key, is_strict in ((name, False), (f"exclusive_{name}", True))
        if (order := wire_order(kind, getattr(scalar.constraints, key))) is not None
    ]
    if scalar.kind is ScalarKind.INTEGER:
        limits = [(_next_whole(order, is_strict=is_strict), False, key) for order, is_strict, key in limits]
        limits.append((Fraction(MIN_INTEGER if sign == 1 else -MAX_INTEGER), False, ""))
    return max(limits, default=None)


def _next_whole(order: Fraction, *, is_strict: bool) -> Fraction:
    return Fraction(math.floor(order) + 1 if is_strict else math.ceil(order))


def _is_multiple(given: Scalar, wanted: Bound) -> bool:
    """Whether all values of `given` are multiples of a step."""
    step, own = wire_order(ScalarKind.DECIMAL, wanted), wire_order(ScalarKind.DECIMAL, given.constraints.multiple_of)
    if given.kind is ScalarKind.INTEGER:
        own = Fraction(1 if own is None else own.numerator)  # whole numbers that are multiples of 3/2 are those of 3
    return step is not None and step != 0 and own is not None and (own / step).denominator == 1
