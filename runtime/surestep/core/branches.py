"""The parallel parts of a handler: who is running, and who waits for whose result."""

from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from surestep.errors import NonDeterminismError

__all__ = [
    "Branch",
    "Join",
    "Receiver",
    "Resume",
    "Routine",
    "Slot",
    "close_routine",
    "close_watched",
    "is_below",
    "routine_of",
]

_NESTED_FINALLY: Final = 100
"""More `finally` blocks that await than anybody nests; whoever awaits in an endless loop is left to the interpreter."""


Routine: TypeAlias = Coroutine[Any, Any, object] | Generator[Any, Any, object]

Resume: TypeAlias = Callable[[Routine, object, BaseException | None], object]
"""Sends a value or throws an error into handler code; gives what it awaits."""


@dataclass(slots=True, eq=False)
class Branch:
    """A running coroutine and who waits for it; the handler itself has no receiver."""

    coroutine: Routine
    receiver: "Slot | None" = None


@dataclass(slots=True, eq=False)
class Join:
    """A group in progress: collects its children's results for its owner; a race takes the first one."""

    owner: "Receiver"
    results: list[object]
    remaining: int
    return_exceptions: bool
    is_race: bool
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


def is_below(receiver: Receiver | None, join: Join) -> bool:
    """Whether what `receiver` gets can only be of use to `join`."""
    while receiver is not None:
        if isinstance(receiver, Branch):
            receiver = receiver.receiver
        elif receiver.join is join:
            return True
        else:
            receiver = receiver.join.owner
    return False


def close_watched(routine: Routine, resume: Resume) -> NonDeterminismError | None:
    """Close a coroutine as `close_routine` does, under the guard; gives what its `finally` blocks may not do."""
    violation: NonDeterminismError | None = None
    for _ in range(_NESTED_FINALLY):
        end = GeneratorExit()
        try:
            resume(routine, None, end)
        except NonDeterminismError as error:
            violation = violation or error
        except BaseException:  # noqa: BLE001 -- it has ended; what it raises changes nothing any more
            break
        finally:
            end.__traceback__ = None  # its frames refer to it: garbage that would have to be collected
        if _is_finished(routine):
            break
    return violation


def _is_finished(routine: Routine) -> bool:
    """Whether it will never run again."""
    return getattr(routine, "cr_frame" if isinstance(routine, Coroutine) else "gi_frame", None) is None


def close_routine(routine: Routine) -> None:
    """Close a coroutine; a `finally` block that awaits is closed in its turn."""
    for _ in range(_NESTED_FINALLY):
        try:
            routine.close()
        except RuntimeError:  # it awaited something instead of ending
            continue
        except BaseException:  # noqa: BLE001 -- what it raises changes nothing any more
            return
        return
