"""Marks by which users say of their own functions what the determinism checks should think of them.

The lint reads them in the text, the guard asks here while a handler runs.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any, Final, Literal, TypeAlias, TypeVar

from surestep_dsl.effects import Effect, EffectKind, own_effect

__all__ = ["impure", "is_pure", "mark_of", "pure"]

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

ImpureKind: TypeAlias = Literal[
    "clock",
    "random",
    "uuid",
    "env",
    "io",
    "network",
    "sleep",
    "thread",
    "task-spawn",
    "subprocess",
    "logging",
    "hash-id",
]

_ATTRIBUTE: Final = "__surestep_effect__"

_MARKED: Final[dict[int, tuple[CodeType, Effect]]] = {}
"""By the id of the code, which is kept alive here: whoever looks at a frame sees no function."""


def pure(function: FunctionT, /) -> FunctionT:
    """Say that a function gives the same on every replay, whatever it calls: a cache, a memoised setting.

    Neither the lint nor the guard looks into it. Nobody checks the promise but the comparison with history.
    """
    return _mark(function, EffectKind.PURE)


def impure(kind: ImpureKind, /) -> Callable[[FunctionT], FunctionT]:
    """Say that a function may give something else on a replay, so that handler code must not call it.

    For what the checks cannot see: functions written in C, or that ask a library which asks the world.

    Args:
        kind: in what way, as the checks name it.

    Raises:
        ValueError: there is no such kind.
    """
    found = EffectKind(kind)
    if found is EffectKind.PURE:
        raise ValueError("a function that is pure is marked with `pure`")
    return lambda function: _mark(function, found)


def mark_of(code: CodeType | None) -> Effect | None:
    """What the function of this code is marked as; None where it is not."""
    return _MARKED[id(code)][1] if id(code) in _MARKED else None


def is_pure(code: CodeType) -> bool:
    """Whether the function of this code is marked as pure."""
    found = mark_of(code)
    return found is not None and found.kind is EffectKind.PURE


def _mark(function: FunctionT, kind: EffectKind) -> FunctionT:
    setattr(function, _ATTRIBUTE, kind.value)
    code = getattr(function, "__code__", None)
    if isinstance(code, CodeType):
        name = f"{function.__module__}.{function.__qualname__}"
        _MARKED[id(code)] = code, own_effect(name, kind)
    return function
