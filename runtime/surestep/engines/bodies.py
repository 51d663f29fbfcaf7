"""Runs the bodies of steps: coroutine functions on the loop, plain functions in threads."""

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType

from surestep.core.asked import Asked
from surestep.core.commands import RunBody
from surestep.core.failures import BodyFailed, failure_of, info_of
from surestep.core.inputs import BodyEnded
from surestep.core.outcomes import Success
from surestep.core.pending import Body, current_body
from surestep.engines.clock import Clock
from surestep.limits import SYNC_BODY_THREADS

__all__ = ["Bodies"]


class Bodies:
    """Carries out one attempt of a body at a time and says how it ended; it never raises what a body raises."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._threads = ThreadPoolExecutor(SYNC_BODY_THREADS, thread_name_prefix="surestep-body")

    async def attempt(self, asked: Asked, command: RunBody, attempt: int) -> BodyEnded:
        """One attempt, 0-based."""
        started_at_ms = self._clock.now_ms()
        body = Body(command.key.id, attempt)
        current_body.set(body)
        result = await self._outcome(command)
        if body.violation is not None:
            result = BodyFailed(info_of(body.violation), final=True, ends_run=True)
        return BodyEnded(asked, started_at_ms, result, command.options.retries)

    async def _outcome(self, command: RunBody) -> Success | BodyFailed:
        timeout_ms = command.options.timeout_ms
        limit = None if timeout_ms is None else asyncio.timeout(timeout_ms / 1000)
        try:
            if limit is None:
                value = await self._call(command.body)
            else:
                async with limit:
                    value = await self._call(command.body)
            return Success(command.encode(value, f"step {command.key.id!r}"))
        except BaseException as raised:  # noqa: BLE001 -- whatever a body raises is the attempt's outcome
            error = TimeoutError("the attempt took longer than its timeout") if limit and limit.expired() else raised
            return failure_of(error, self._clock.now_ms())

    async def _call(self, body: Callable[[], object]) -> object:
        if _is_coroutine_function(body):
            value = body()
        else:
            context = contextvars.copy_context()
            loop = asyncio.get_running_loop()
            value, error = await loop.run_in_executor(self._threads, context.run, _call_plain, body)
            if error is not None:
                raise error
        return await value if inspect.isawaitable(value) else value

    def close(self) -> None:
        """Let the threads go; bodies still in them end unseen."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _call_plain(body: Callable[[], object]) -> tuple[object, BaseException | None]:
    """A future cannot carry every error, and would add frames that tell users nothing."""
    try:
        return body(), None
    except BaseException as error:  # noqa: BLE001 -- raised again on the loop
        return None, error


def _is_coroutine_function(body: object) -> bool:
    while isinstance(body, functools.partial):
        body = body.func
    if isinstance(body, FunctionType) and body.__code__.co_flags & inspect.CO_COROUTINE:  # as most bodies
        return True
    return inspect.iscoroutinefunction(body) or inspect.iscoroutinefunction(getattr(body, "__call__", None))  # noqa: B004
