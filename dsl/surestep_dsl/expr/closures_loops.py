"""Closures of the macros `all exists exists_one filter map`.

Every turn is paid for before its body runs and outside of its error handling, so nothing absorbs an exhausted budget.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from surestep_dsl.expr.frame import Code, Frame, charge
from surestep_dsl.expr.syntax import LoopKind
from surestep_dsl.expr.values import EvaluationError, kind_of

__all__ = ["loop"]

Items: TypeAlias = Callable[[Frame], Iterator[Any]]


def loop(kind: LoopKind, over: Code, slot: int, only_if: Code | None, body: Code, price: int) -> Code:
    """A macro whose variable lives in `slot` and whose turns cost `price` steps each."""

    def items(frame: Frame) -> Iterator[Any]:
        whole = over(frame)
        if whole.__class__ is not list and whole.__class__ is not dict:
            raise EvaluationError(f"`{kind}` takes a list or a map, not {kind_of(whole)}")
        for item in whole:
            charge(frame, price)
            frame[slot] = item
            yield item

    match kind:
        case LoopKind.ALL:
            return _quantified(items, body, decisive=False)
        case LoopKind.EXISTS:
            return _quantified(items, body, decisive=True)
        case LoopKind.EXISTS_ONE:
            return _exactly_one(items, body)
        case LoopKind.FILTER:
            return _collected(items, body, None)
        case LoopKind.MAP:
            return _collected(items, only_if, body)


def _quantified(items: Items, body: Code, *, decisive: bool) -> Code:
    """A decisive item wins; else an error of any item is the error of the whole."""

    def quantify(frame: Frame) -> bool:
        first_error: EvaluationError | None = None
        for _ in items(frame):
            try:
                if _truth(body(frame)) is decisive:
                    return decisive
            except EvaluationError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
        return not decisive

    return quantify


def _exactly_one(items: Items, body: Code) -> Code:
    def count(frame: Frame) -> bool:
        return sum(_truth(body(frame)) for _ in items(frame)) == 1

    return count


def _collected(items: Items, only_if: Code | None, body: Code | None) -> Code:
    def collect(frame: Frame) -> list[Any]:
        kept = (item for item in items(frame) if only_if is None or _truth(only_if(frame)))
        return [item if body is None else body(frame) for item in kept]

    return collect


def _truth(value: Any) -> bool:
    if value.__class__ is bool:
        return bool(value)
    raise EvaluationError(f"a condition inside a loop is a boolean, not {kind_of(value)}")
