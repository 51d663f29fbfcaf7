"""Closures of `! && || ?:`, of `==` and `!=`, and of the order. Errors are absorbed as CEL does."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from surestep_dsl.expr.closures_paths import MISSING
from surestep_dsl.expr.frame import Code, Frame, Turn
from surestep_dsl.expr.operators import ORDERED_KINDS, equal, order_error
from surestep_dsl.expr.values import NUMBERS, EvaluationError, kind_of

__all__ = [
    "ORDER",
    "choose",
    "compare",
    "compare_number",
    "equals",
    "equals_in_item",
    "equals_literal",
    "logical",
    "negated",
    "order_in_item",
]

ORDER: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def logical(operands: tuple[Code, ...], *, decisive: bool) -> Code:
    """`||` where `decisive` is true, `&&` where it is false: a decisive operand wins over errors on either side."""
    symbol = "||" if decisive else "&&"

    def chain(frame: Frame) -> Any:
        failure: EvaluationError | None = None
        for operand in operands:
            try:
                value = operand(frame)
            except EvaluationError as error:
                failure = failure or error
                continue
            if value is decisive:
                return decisive
            if value.__class__ is not bool:
                failure = failure or EvaluationError(f"`{symbol}` takes booleans, not {kind_of(value)}")
        if failure is not None:
            raise failure
        return not decisive

    return chain


def negated(operand: Code) -> Code:
    """`!operand`."""

    def negate(frame: Frame) -> bool:
        value = operand(frame)
        if value.__class__ is bool:
            return not value
        raise EvaluationError(f"`!` takes a boolean, not {kind_of(value)}")

    return negate


def choose(test: Code, then: Code, otherwise: Code) -> Code:
    """`test ? then : otherwise`; only the chosen one is evaluated."""

    def evaluate(frame: Frame) -> Any:
        value = test(frame)
        if value is True:
            return then(frame)
        if value is False:
            return otherwise(frame)
        raise EvaluationError(f"`? :` takes a boolean, not {kind_of(value)}")

    return evaluate


def equals(left: Code, right: Code, *, wanted: bool) -> Code:
    """`==` where `wanted` is true, else `!=`."""

    def compare_both(frame: Frame) -> bool:
        return equal(left(frame), right(frame), frame) is wanted

    return compare_both


def equals_literal(left: Code, literal: object, *, wanted: bool) -> Code:
    """`left == literal`: what most conditions do."""
    kinds = _kinds_equal_to(literal)

    def compare_text(frame: Frame) -> bool:
        return (left(frame) == literal) is wanted

    def compare_any(frame: Frame) -> bool:
        value = left(frame)
        return (value.__class__ in kinds and value == literal) is wanted

    return compare_text if isinstance(literal, str) else compare_any


def compare(symbol: str, left: Code, right: Code) -> Code:
    """`left < right` and the like."""
    order = ORDER[symbol]

    def compare_both(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        kind, other_kind = one.__class__, other.__class__
        if (kind in NUMBERS and other_kind in NUMBERS) or (kind is other_kind and kind in ORDERED_KINDS):
            return order(one, other)
        raise order_error(one, other)

    return compare_both


def compare_number(symbol: str, left: Code, literal: float) -> Code:
    """`left > 100`."""
    order = ORDER[symbol]

    def compare_left(frame: Frame) -> Any:
        value = left(frame)
        if value.__class__ in NUMBERS:
            return order(value, literal)
        raise order_error(value, float(literal))

    return compare_left


def order_in_item(symbol: str, field: str, literal: float) -> Turn:
    """`item.field > 100` in a loop."""
    order = ORDER[symbol]

    def compare_field(_frame: Frame, item: Any) -> Any:
        try:
            value = item[field]
        except MISSING:
            raise EvaluationError(f"there is no `{field}`") from None
        if value.__class__ in NUMBERS:
            return order(value, literal)
        raise order_error(value, float(literal))

    return compare_field


def equals_in_item(field: str, literal: object, *, wanted: bool) -> Turn:
    """`item.field == literal` in a loop; a missing field is null."""
    kinds = _kinds_equal_to(literal)

    def compare_field(_frame: Frame, item: Any) -> bool:
        try:
            value = item[field]
        except MISSING:
            value = None
        return (value.__class__ in kinds and value == literal) is wanted

    return compare_field


def _kinds_equal_to(literal: object) -> frozenset[type]:
    return NUMBERS if literal.__class__ in NUMBERS else frozenset({literal.__class__})
