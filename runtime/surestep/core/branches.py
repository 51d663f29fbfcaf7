"""The parallel parts of a handler: who is running, and who waits for whose result."""

from collections.abc import Awaitable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Branch", "Join", "Receiver", "Routine", "Slot", "routine_of"]

Routine: TypeAlias = Coroutine[Any, Any, object] | Generator[Any, Any, object]


@dataclass(slots=True, eq=False)
class Branch:
    """A running coroutine and who waits for it; the handler itself has no receiver."""

    coroutine: Routine
    receiver: "Slot | None" = None


@dataclass(slots=True, eq=False)
class Join:
    """A group in progress: collects its children's results for its owner."""

    owner: "Receiver"
    results: list[object]
    remaining: int
    return_exceptions: bool
    settled: bool = False


@dataclass(slots=True, eq=False)
class Slot:
    """One place in a join."""

    join: Join
    index: int


Receiver: TypeAlias = Branch | Slot


def routine_of(child: Awaitable[object]) -> Routine:
    """What drives an awaitable."""
    if isinstance(child, Coroutine):
        return child
    return child.__await__()
