"""Which constraint fits which type, how constraints of an alias and of its use combine, and when they contradict."""

import math
from dataclasses import fields
from fractions import Fraction
from typing import Final, Literal

from surestep_dsl.datatypes import Bound, Constraints, ScalarKind
from surestep_dsl.wire import bound_order, wire_order

__all__ = ["ORDER_BOUNDS", "allowed_constraints", "find_contradiction", "intersect", "stated"]

ORDER_BOUNDS: Final = ("min", "max", "exclusive_min", "exclusive_max")

_NUMBERS: Final = (ScalarKind.INTEGER, ScalarKind.NUMBER, ScalarKind.DECIMAL)
_ORDERED: Final = (*_NUMBERS, ScalarKind.DATETIME, ScalarKind.DATE, ScalarKind.TIME, ScalarKind.DURATION)
_SIZED: Final = (ScalarKind.STRING, ScalarKind.BYTES, ScalarKind.URL, ScalarKind.EMAIL)


def allowed_constraints(kind: ScalarKind | Literal["list", "map"]) -> tuple[str, ...]:
    """Names of the constraints that fit a kind of type."""
    if kind == "list":
        return ("min_items", "max_items", "unique_items")
    if kind == "map":
        return ("min_items", "max_items")
    bounds = ORDER_BOUNDS if kind in _ORDERED else ()
    multiple = ("multiple_of",) if kind in _NUMBERS else ()
    lengths = ("min_length", "max_length") if kind in _SIZED else ()
    return (*bounds, *multiple, *lengths, *(("pattern",) if kind is ScalarKind.STRING else ()))


def stated(constraints: Constraints) -> dict[str, Bound]:
    """The constraints that are there, by name."""
    values = ((field.name, getattr(constraints, field.name)) for field in fields(constraints))
    return {name: value for name, value in values if value is not None}


def intersect(kind: ScalarKind | None, first: Constraints, second: Constraints) -> Constraints | str:
    """Both at once, or why that cannot be said in one."""
    if first.pattern and second.pattern and first.pattern != second.pattern:
        return "two patterns cannot be combined"
    step = _common_multiple(first.multiple_of, second.multiple_of)
    if step is None and first.multiple_of is not None and second.multiple_of is not None:
        return "these two `multiple_of` cannot be combined"
    return Constraints(
        min=_stricter(kind, first.min, second.min, highest=True),
        max=_stricter(kind, first.max, second.max, highest=False),
        exclusive_min=_stricter(kind, first.exclusive_min, second.exclusive_min, highest=True),
        exclusive_max=_stricter(kind, first.exclusive_max, second.exclusive_max, highest=False),
        multiple_of=step,
        min_length=_larger(first.min_length, second.min_length),
        max_length=_smaller(first.max_length, second.max_length),
        pattern=first.pattern or second.pattern,
        min_items=_larger(first.min_items, second.min_items),
        max_items=_smaller(first.max_items, second.max_items),
        unique_items=first.unique_items or second.unique_items,
    )


def find_contradiction(kind: ScalarKind | None, constraints: Constraints) -> str | None:
    """Why no value can satisfy all of them, or None."""
    for low, high in (("min_length", "max_length"), ("min_items", "max_items")):
        least, most = getattr(constraints, low), getattr(constraints, high)
        if least is not None and most is not None and least > most:
            return f"`{low}: {least}` is more than `{high}: {most}`"
    if kind is None:
        return None
    step = wire_order(ScalarKind.DECIMAL, constraints.multiple_of)
    if step is not None and step <= 0:
        return "`multiple_of` must be more than 0"
    lows = [
        (order, name) for name in ("min", "exclusive_min") if (order := _order(kind, constraints, name)) is not None
    ]
    highs = [
        (order, name) for name in ("max", "exclusive_max") if (order := _order(kind, constraints, name)) is not None
    ]
    if not lows or not highs:
        return None
    (low_order, low_name), (high_order, high_name) = max(lows), min(highs)
    open_end = "exclusive_" in low_name + high_name
    if low_order > high_order or (open_end and low_order == high_order) or _is_gap(kind, lows, highs, step):
        low_value, high_value = getattr(constraints, low_name), getattr(constraints, high_name)
        return f"no value is within `{low_name}: {low_value}` and `{high_name}: {high_value}`"
    return None


def _is_gap(
    kind: ScalarKind, lows: list[tuple[Fraction, str]], highs: list[tuple[Fraction, str]], step: Fraction | None
) -> bool:
    """Whether the bounds enclose numbers, but none that is whole (integers) or a multiple of the step."""
    grain = step or (Fraction(1) if kind is ScalarKind.INTEGER else None)
    if grain is None:
        return False
    if step and kind is ScalarKind.INTEGER:
        grain = Fraction(step.numerator)
    first = max(_next(order / grain, strict=name == "exclusive_min") for order, name in lows)
    last = min(-_next(-order / grain, strict=name == "exclusive_max") for order, name in highs)
    return first > last


def _next(order: Fraction, *, strict: bool) -> int:
    """The least whole number from `order` on, or after it."""
    return math.floor(order) + 1 if strict else math.ceil(order)


def _order(kind: ScalarKind, constraints: Constraints, name: str) -> Fraction | None:
    return bound_order(kind, getattr(constraints, name))


def _stricter(kind: ScalarKind | None, first: Bound | None, second: Bound | None, *, highest: bool) -> Bound | None:
    if first is None or second is None or kind is None:
        return second if first is None else first
    one, two = bound_order(kind, first), bound_order(kind, second)
    if one is None or two is None:
        return first
    return first if (one >= two) == highest else second


def _larger(first: int | None, second: int | None) -> int | None:
    return max((bound for bound in (first, second) if bound is not None), default=None)


def _smaller(first: int | None, second: int | None) -> int | None:
    return min((bound for bound in (first, second) if bound is not None), default=None)


def _common_multiple(first: Bound | None, second: Bound | None) -> Bound | None:
    """The step that is a multiple of both; None where it has no exact text."""
    if first is None or second is None:
        return second if first is None else first
    one, two = wire_order(ScalarKind.DECIMAL, first), wire_order(ScalarKind.DECIMAL, second)
    if not one or not two:
        return None
    if (one / two).denominator == 1:
        return first
    if (two / one).denominator == 1:
        return second
    return math.lcm(int(one), int(two)) if one.denominator == two.denominator == 1 else None
