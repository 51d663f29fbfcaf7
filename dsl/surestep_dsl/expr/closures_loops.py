"""Closures of the macros `all exists exists_one filter map`.

Turns are paid for before their bodies run and outside of their error handling, so nothing absorbs an exhausted budget.
A macro that always goes to the end pays for all its turns at once.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from surestep_dsl.expr.closures_logic import ORDER
from surestep_dsl.expr.closures_paths import MISSING
from surestep_dsl.expr.frame import STEPS_LEFT, Code, Frame, Turn, exhausted
from surestep_dsl.expr.operators import order_error
from surestep_dsl.expr.syntax import LoopKind
from surestep_dsl.expr.values import NUMBERS, EvaluationError, kind_of

__all__ = ["condition_of", "filter_by_order", "items_of", "loop", "value_of"]

Items: TypeAlias = Callable[[Frame], list[Any] | dict[Any, Any]]
Condition: TypeAlias = Callable[[Frame, Any], bool]


def value_of(slot: int, body: Code) -> Turn:
    """A body that gives any value, whose variable lives in `slot`."""

    def turn(frame: Frame, item: Any) -> Any:
        frame[slot] = item
        return body(frame)

    return turn


def condition_of(slot: int, body: Code) -> Turn:
    """A body that gives a boolean or raises, whose variable lives in `slot`."""

    def turn(frame: Frame, item: Any) -> bool:
        frame[slot] = item
        value = body(frame)
        if value.__class__ is bool:
            return bool(value)
        raise EvaluationError(f"a condition inside a loop is a boolean, not {kind_of(value)}")

    return turn


def items_of(kind: LoopKind, over: Code, price: int) -> Items:
    """What a macro walks over. All turns are paid here, except where one of them may be the last."""
    paid_at_once = 0 if kind in (LoopKind.ALL, LoopKind.EXISTS) else price

    def items(frame: Frame) -> Any:
        whole = over(frame)
        if whole.__class__ is not list and whole.__class__ is not dict:
            raise EvaluationError(f"`{kind}` takes a list or a map, not {kind_of(whole)}")
        left = frame[STEPS_LEFT] = frame[STEPS_LEFT] - paid_at_once * len(whole)
        if left < 0:
            raise exhausted()
        return whole

    return items


def loop(kind: LoopKind, items: Items, only_if: Turn | None, body: Turn, price: int) -> Code:
    """A macro whose turns cost `price` steps each. `body` is a condition, except that of `map`."""
    match kind:
        case LoopKind.ALL:
            return _quantified(items, body, price, decisive=False)
        case LoopKind.EXISTS:
            return _quantified(items, body, price, decisive=True)
        case LoopKind.EXISTS_ONE:
            return _exactly_one(items, body)
        case LoopKind.FILTER:
            return _filtered(items, body)
        case LoopKind.MAP:
            return _mapped(items if only_if is None else _filtered(items, only_if), body)


def filter_by_order(items: Items, symbol: str, field: str, number: float) -> Code:
    """`items.filter(item, item.field > 100)`: the commonest filter, without a call for each item."""
    order = ORDER[symbol]

    def collect(frame: Frame) -> list[Any]:
        kept, whole = [], items(frame)
        try:
            for item in whole:
                value = item[field]
                if value.__class__ not in NUMBERS:
                    raise order_error(value, float(number))
                if order(value, number):
                    kept.append(item)
        except MISSING:
            raise EvaluationError(f"there is no `{field}`") from None
        return kept

    return collect


def _quantified(items: Items, body: Condition, price: int, *, decisive: bool) -> Code:
    """A decisive item wins; else an error of any item is the error of the whole."""

    def quantify(frame: Frame) -> bool:
        first_error: EvaluationError | None = None
        for item in items(frame):
            left = frame[STEPS_LEFT] = frame[STEPS_LEFT] - price
            if left < 0:
                raise exhausted()
            try:
                if body(frame, item) is decisive:
                    return decisive
            except EvaluationError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
        return not decisive

    return quantify


def _exactly_one(items: Items, body: Condition) -> Code:
    def count(frame: Frame) -> bool:
        found = 0
        for item in items(frame):
            found += body(frame, item)
        return found == 1

    return count


# Plain loops: a comprehension is a call of its own, and costs more for the short lists that events have.
def _filtered(items: Items, only_if: Condition) -> Code:
    def collect(frame: Frame) -> list[Any]:
        kept = []
        for item in items(frame):
            if only_if(frame, item):
                kept.append(item)  # noqa: PERF401 - see above
        return kept

    return collect


def _mapped(items: Items, body: Turn) -> Code:
    def collect(frame: Frame) -> list[Any]:
        made = []
        for item in items(frame):
            made.append(body(frame, item))  # noqa: PERF401 - see above
        return made

    return collect
