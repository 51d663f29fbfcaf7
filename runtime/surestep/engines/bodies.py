"""Runs the bodies of steps: coroutine functions on the loop, plain functions in threads."""

import asyncio
import functools
import inspect
from collections.abc import Callable
from types import FunctionType

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

    async def attempt(self, asked: Asked, command: RunBody, attempt: int, run_id: str) -> BodyEnded:
        """One attempt, 0-based. Its timeout does not count the time that a plain function waits for a thread."""
        started_at_ms = self._clock.now_ms()
        body = Body(command.key.id, attempt)
        current_body.set(body)
        result = await self._outcome(command, run_id)
        if body.violation is not None:
            result = BodyFailed(info_of(body.violation), final=True, ends_run=True)
        return BodyEnded(asked, started_at_ms, result, command.options.retries)

    async def _outcome(self, command: RunBody, run_id: str) -> Success | BodyFailed:
        timeout_ms = command.options.timeout_ms
        call, limit = None, None
        try:
            if not _is_coroutine_function(command.body):
                call = await self._threads.begin(command.body)
            if timeout_ms is None:
                value = await _value_of(command.body, call)
            else:
                async with asyncio.timeout(timeout_ms / 1000) as limit:
                    value = await _value_of(command.body, call)
            return Success(command.encode(value, f"step {command.key.id!r}"))
        except BaseException as raised:  # whatever it is, it is the attempt's outcome
            if call is None and is_interrupt(raised):
                raise
            if limit is None or not limit.expired():
                return failure_of(raised, self._clock.now_ms())
            if call is not None and call.ended.cancelled():
                self._threads.leave(call, f"step {command.key.id!r} of run {run_id}")
            return failure_of(TimeoutError("the attempt took longer than its timeout"), self._clock.now_ms())

    def close(self) -> None:
        """Let the threads go; bodies still in them end unseen."""
        self._threads.close()


async def _value_of(body: Callable[[], object], call: Call | None) -> object:
    if call is None:
        value = body()
    else:
        value, error = await call.ended
        if error is not None:
            raise error
    return await value if inspect.isawaitable(value) else value


def _is_coroutine_function(body: object) -> bool:
    while isinstance(body, functools.partial):
        body = body.func
    if isinstance(body, FunctionType) and body.__code__.co_flags & inspect.CO_COROUTINE:  # as most bodies
        return True
    return inspect.iscoroutinefunction(body) or inspect.iscoroutinefunction(getattr(body, "__call__", None))  # noqa: B004
