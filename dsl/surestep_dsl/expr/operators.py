"""What the operators do with two values. Pure; each either gives a value or raises `EvaluationError`."""

import math
from collections.abc import Callable
from typing import Any, Final

from surestep_dsl.expr.frame import Frame, charge, size_in_steps
from surestep_dsl.expr.instants import moment, span
from surestep_dsl.expr.values import NUMBERS, Duration, EvaluationError, Int, Moment, kind_of
from surestep_dsl.limits import MAX_EXPRESSION_TEXT_CHARACTERS, MAX_INTEGER, MIN_INTEGER

__all__ = [
    "ARITHMETIC",
    "ORDERED_KINDS",
    "as_double",
    "checked_double",
    "checked_int",
    "contains",
    "equal",
    "index_of",
    "negate",
    "order_error",
]

ORDERED_KINDS: Final = frozenset({str, Moment, Duration, bool})


def equal(left: Any, right: Any, frame: Frame) -> bool:
    """CEL's `==`: numbers by value, lists and maps by content, all else by type and value."""
    kind, other = left.__class__, right.__class__
    if kind in NUMBERS or other in NUMBERS:
        return kind in NUMBERS and other in NUMBERS and bool(left == right)
    if kind is not other:
        return False
    if kind is not list and kind is not dict:
        return bool(left == right)
    charge(frame, 1 + size_in_steps(left))
    if len(left) != len(right):
        return False
    if kind is list:
        return all(equal(item, right[place], frame) for place, item in enumerate(left))
    return all(key in right and equal(item, right[key], frame) for key, item in left.items())


def contains(item: Any, whole: Any, frame: Frame) -> bool:
    """CEL's `in`: an item of a list or a key of a map."""
    charge(frame, size_in_steps(whole))
    if whole.__class__ is list:
        return any(equal(item, other, frame) for other in whole)
    if whole.__class__ is dict and (item.__class__ in _KEYS or item.__class__ is bool):
        return item.__class__ is not bool and item in whole
    raise EvaluationError(f"`in` does not look for {kind_of(item)} in {kind_of(whole)}")


_KEYS: Final[frozenset[Any]] = NUMBERS | {str}


def index_of(whole: Any, key: Any) -> Any:
    """`whole[key]`.

    Raises:
        LookupError: there is no such item or field.
        EvaluationError: `key` cannot be one.
    """
    if whole.__class__ is dict and key.__class__ in _KEYS:
        return whole[key]
    if whole.__class__ is list and key.__class__ in NUMBERS:
        return whole[_place(key)]
    if whole.__class__ in (list, dict):
        raise EvaluationError(f"{kind_of(key)} cannot index {kind_of(whole)}")
    raise LookupError


def _place(key: float) -> int:
    if key < 0 or key != int(key):
        raise IndexError
    return int(key)


def order_error(left: Any, right: Any) -> EvaluationError:
    """Why `left < right` has no value."""
    return EvaluationError(f"{kind_of(left)} and {kind_of(right)} have no order")


def checked_int(value: int) -> Int:
    """`value` as CEL int.

    Raises:
        EvaluationError: it has more than 64 bits.
    """
    if MIN_INTEGER <= value <= MAX_INTEGER:
        return Int(value)
    raise EvaluationError("a whole number beyond 64 bits")


def checked_double(value: float) -> float:
    """`value`, which is finite: an infinite one is an overflow.

    Raises:
        EvaluationError: it is infinite or not a number.
    """
    if math.isfinite(value):
        return value
    raise EvaluationError("a number too large for a double")


def as_double(value: Any) -> float:
    """A number as CEL double.

    Raises:
        EvaluationError: it is too large for one.
    """
    try:
        return float(value)
    except OverflowError:
        raise EvaluationError("a number too large for a double") from None


def negate(value: Any) -> Any:
    """`-value`."""
    if value.__class__ is Int:
        return checked_int(-value)
    if value.__class__ in NUMBERS:
        return -as_double(value)
    raise EvaluationError(f"`-` takes a number, not {kind_of(value)}")


def _mismatch(operator: str, left: Any, right: Any) -> EvaluationError:
    return EvaluationError(f"`{operator}` does not take {kind_of(left)} and {kind_of(right)}")


def _are_numbers(left: Any, right: Any) -> bool:
    return left.__class__ in NUMBERS and right.__class__ in NUMBERS


def _are_ints(left: Any, right: Any) -> bool:
    return left.__class__ is Int and right.__class__ is Int


def _add(left: Any, right: Any, frame: Frame) -> Any:
    kind, other = left.__class__, right.__class__
    if _are_ints(left, right):
        return checked_int(int(left) + int(right))
    if _are_numbers(left, right):
        return checked_double(as_double(left) + as_double(right))
    if kind is other and kind in (str, list):
        charge(frame, size_in_steps(left) + size_in_steps(right))
        if len(left) + len(right) > MAX_EXPRESSION_TEXT_CHARACTERS:
            raise EvaluationError(f"a {kind_of(left)} beyond {MAX_EXPRESSION_TEXT_CHARACTERS:,}")
        return left + right
    if kind is Duration and other is Duration:
        return span(left.ns + right.ns)
    if {kind, other} == {Moment, Duration}:
        return moment(left.ns + right.ns)
    raise _mismatch("+", left, right)


def _subtract(left: Any, right: Any, _frame: Frame) -> Any:
    if _are_ints(left, right):
        return checked_int(int(left) - int(right))
    if _are_numbers(left, right):
        return checked_double(as_double(left) - as_double(right))
    kind, other = left.__class__, right.__class__
    if kind is other and kind in (Moment, Duration):
        return span(left.ns - right.ns)
    if kind is Moment and other is Duration:
        return moment(left.ns - right.ns)
    raise _mismatch("-", left, right)


def _multiply(left: Any, right: Any, _frame: Frame) -> Any:
    if _are_ints(left, right):
        return checked_int(int(left) * int(right))
    if _are_numbers(left, right):
        return checked_double(as_double(left) * as_double(right))
    raise _mismatch("*", left, right)


def _divide(left: Any, right: Any, _frame: Frame) -> Any:
    if not _are_numbers(left, right):
        raise _mismatch("/", left, right)
    if right == 0:
        raise EvaluationError("division by zero")
    if not _are_ints(left, right):
        return checked_double(as_double(left) / as_double(right))
    # CEL rounds toward zero; Python's `//` rounds down.
    quotient = abs(int(left)) // abs(int(right))
    return checked_int(quotient if (left < 0) == (right < 0) else -quotient)


def _remainder(left: Any, right: Any, frame: Frame) -> Any:
    if not _are_ints(left, right):
        raise EvaluationError("`%` takes whole numbers; convert with int()")
    # What division refuses, its remainder refuses too, as in CEL.
    return Int(left - _divide(left, right, frame) * right)


ARITHMETIC: Final[dict[str, Callable[[Any, Any, Frame], Any]]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
}
