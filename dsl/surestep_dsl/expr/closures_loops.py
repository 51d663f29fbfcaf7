"""Closures of the macros `all exists exists_one filter map`.

Turns are paid for before their bodies run and outside of their error handling, so nothing absorbs an exhausted budget.
A macro that always goes to the end pays for all its turns at once.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from surestep_dsl.expr.frame import Code, Frame, charge
from surestep_dsl.expr.syntax import LoopKind
from surestep_dsl.expr.values import EvaluationError, kind_of

__all__ = ["loop"]

Items: TypeAlias = Callable[[Frame], list[Any] | dict[Any, Any]]


def loop(kind: LoopKind, over: Code, slot: int, only_if: Code | None, body: Code, price: int) -> Code:
    """A macro whose variable lives in `slot` and whose turns cost `price` steps each."""
    paid_at_once = 0 if kind in (LoopKind.ALL, LoopKind.EXISTS) else price

    def items(frame: Frame) -> Any:
        whole = over(frame)
        if whole.__class__ is list or whole.__class__ is dict:
            charge(frame, paid_at_once * len(whole))
            return whole
        raise EvaluationError(f"`{kind}` takes a list or a map, not {kind_of(whole)}")

    match kind:
        case LoopKind.ALL:
            return _quantified(items, slot, body, price, decisive=False)
        case LoopKind.EXISTS:
            return _quantified(items, slot, body, price, decisive=True)
        case LoopKind.EXISTS_ONE:
            return _exactly_one(items, slot, body)
        case LoopKind.FILTER:
            return _collected(items, slot, body, None)
        case LoopKind.MAP if only_if is None:
            return _mapped(items, slot, body)
        case LoopKind.MAP:
            return _collected(items, slot, only_if, body)


def _quantified(items: Items, slot: int, body: Code, price: int, *, decisive: bool) -> Code:
    """A decisive item wins; else an error of any item is the error of the whole."""

    def quantify(frame: Frame) -> bool:
        first_error: EvaluationError | None = None
        for item in items(frame):
            charge(frame, price)
            frame[slot] = item
            try:
                if _truth(body(frame)) is decisive:
                    return decisive
            except EvaluationError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
        return not decisive

    return quantify


def _exactly_one(items: Items, slot: int, body: Code) -> Code:
    def count(frame: Frame) -> bool:
        found = 0
        for item in items(frame):
            frame[slot] = item
            found += _truth(body(frame))
        return found == 1

    return count


def _collected(items: Items, slot: int, only_if: Code, body: Code | None) -> Code:
    def collect(frame: Frame) -> list[Any]:
        kept = []
        for item in items(frame):
            frame[slot] = item
            value = only_if(frame)
            if value is True:
                kept.append(item if body is None else body(frame))
            elif value is not False:
                _truth(value)
        return kept

    return collect


def _mapped(items: Items, slot: int, body: Code) -> Code:
    def collect(frame: Frame) -> list[Any]:
        made = []
        for item in items(frame):
            frame[slot] = item
            made.append(body(frame))
        return made

    return collect


def _truth(value: Any) -> bool:
    if value.__class__ is bool:
        return bool(value)
    raise EvaluationError(f"a condition inside a loop is a boolean, not {kind_of(value)}")
