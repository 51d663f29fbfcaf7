"""Runs the bodies of steps: coroutine functions on the loop, plain functions in threads."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from types import CoroutineType, FunctionType

from surestep.core.asked import Asked
from surestep.core.commands import RunBody
from surestep.core.failures import BodyFailed, failure_of, info_of
from surestep.core.inputs import BodyEnded
from surestep.core.outcomes import Success
from surestep.core.pending import Body, current_body
from surestep.engines.clock import Clock
from surestep.engines.interrupts import is_interrupt
from surestep.engines.threads import BodyThreads, Call

__all__ = ["Bodies"]


class Bodies:
    """Carries out one attempt of a body at a time and says how it ended; it never raises what a body raises."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._threads = BodyThreads()

    async def attempt(self, asked: Asked, command: RunBody, attempt: int, started_at_ms: int, run_id: str) -> BodyEnded:
        """One attempt, 0-based, that starts now.

        Its timeout does not count the time that a plain function waits for a thread.
        """
        body = Body(command.key.id, attempt)
        current_body.set(body)
        timeout_ms = command.options.timeout_ms
        call, limit = None, None
        result: Success | BodyFailed
        try:
            if not _is_coroutine_function(command.body):
                call = await self._threads.begin(command.body)
            if timeout_ms is None:
                value = await _awaitable(command.body, call)
            else:
                async with asyncio.timeout(timeout_ms / 1000) as limit:
                    value = await _awaitable(command.body, call)
            result = Success(command.encode(value, f"step {command.key.id!r}"))
        except BaseException as raised:  # whatever it is, it is the attempt's outcome
            if call is None and is_interrupt(raised):
                raise
            error = TimeoutError("the attempt took longer than its timeout") if limit and limit.expired() else raised
            if error is not raised and call is not None and call.ended.cancelled():
                self._threads.leave(call, f"step {command.key.id!r} of run {run_id}")
            result = failure_of(error, self._clock.now_ms())
        if body.violation is not None:
            result = BodyFailed(info_of(body.violation), final=True, ends_run=True)
        return BodyEnded(asked, started_at_ms, result, command.options.retries)

    def close(self) -> None:
        """Let the threads go; bodies still in them end unseen."""
        self._threads.close()


def _awaitable(body: Callable[[], object], call: Call | None) -> Awaitable[object]:
    """What a body returns, to be awaited; `call` is that of a plain function."""
    if call is not None:
        return _returned(call)
    value = body()
    return value if type(value) is CoroutineType or isinstance(value, Awaitable) else _itself(value)


async def _returned(call: Call) -> object:
    value, error = await call.ended
    if error is not None:
        raise error
    return await value if inspect.isawaitable(value) else value


async def _itself(value: object) -> object:
    return value


def _is_coroutine_function(body: object) -> bool:
    while isinstance(body, functools.partial):
        body = body.func
    if isinstance(body, FunctionType) and body.__code__.co_flags & inspect.CO_COROUTINE:  # as most bodies
        return True
    return inspect.iscoroutinefunction(body) or inspect.iscoroutinefunction(getattr(body, "__call__", None))  # noqa: B004
