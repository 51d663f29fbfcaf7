"""How a disagreement between a handler and its history, and a foreign await, are put into words."""

import sysconfig
from types import CoroutineType

from surestep.core.history import Identity
from surestep.core.value import value

__all__ = ["Diverged", "describe_await", "describe_divergence"]


@value(frozen=True, slots=True)
class Diverged:
    """The handler disagrees with history.

    Attributes:
        position: where, counted in commands from 0.
        expected: what history has there.
        found: what the handler asks there; None when it asks nothing.
        ended: how the handler has ended already, in words; empty when it has not.
        reason: what disagrees when the commands do not, in words.
    """

    position: int
    expected: Identity
    found: Identity | None
    ended: str = ""
    reason: str = ""


def describe_divergence(diverged: Diverged, run_id: str, function_id: str) -> str:
    """The message: where, what history has, what the handler does, and what to do about it."""
    expected, found = diverged.expected, diverged.found
    if diverged.reason:
        what = diverged.reason
    elif found is None:
        what = f"nothing there: {diverged.ended or 'it waits for other steps'}"
    elif (found.kind, found.key) == (expected.kind, expected.key):
        what = f'{found.kind:<15} "{found.key}" with other arguments'
    else:
        what = f'{found.kind:<15} "{found.key}"'
    return (
        f"in run {run_id} (function {function_id})\n"
        f'  position {diverged.position:<4} history: {expected.kind:<15} "{expected.key}"\n'
        f"                handler: {what}\n"
        "  hint: the handler changed while this run was under way, or it does something different each time;\n"
        '        keep the old code behind step.version("...") and deploy it, then\n'
        f"        `surestep runs retry {run_id}`, or `surestep runs cancel {run_id}`"
    )


_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))

_INSTEAD = {
    "sleep": 'await step.sleep("pause", "10s")',
    "to_thread": 'await step.run("name", function, ...)',
    "gather": "await step.gather(...)",
    "wait_for": 'step.options(timeout="10s").run(...)',
    "wait": "await step.gather(...)",
}


def describe_await(awaited: object, coroutine: object) -> str:
    """What the user's code awaited instead of a step, where, and what to use.

    Args:
        awaited: what reached the turn, often from deep inside a library.
        coroutine: the branch that awaited it; the first library coroutine down its chain is what the user called.
    """
    name, place = type(awaited).__name__, ""
    while isinstance(coroutine, CoroutineType):
        if coroutine.cr_code.co_filename.startswith(_LIBRARIES):
            name = coroutine.__qualname__
            break
        if coroutine.cr_frame is not None:
            place = f" at {coroutine.cr_code.co_filename}:{coroutine.cr_frame.f_lineno}"
        coroutine = coroutine.cr_await
    instead = _INSTEAD.get(name.rpartition(".")[2], 'await step.run("name", function, ...)')
    return f"the handler awaited {name}{place}, which is not a step; use {instead}"
