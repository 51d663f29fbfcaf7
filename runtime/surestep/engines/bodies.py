"""Runs the bodies of steps: coroutine functions on the loop, plain functions in threads."""

import asyncio
import contextvars
import functools
import inspect
from concurrent.futures import ThreadPoolExecutor

from surestep.core.asked import Asked
from surestep.core.commands import RunBody
from surestep.core.failures import BodyFailed, failure_of
from surestep.core.inputs import BodyEnded
from surestep.core.outcomes import Success
from surestep.core.pending import current_attempt, current_body
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
        current_body.set(command.key.id)
        current_attempt.set(attempt)
        result: Success | BodyFailed
        try:
            timeout_ms = command.options.timeout_ms
            async with asyncio.timeout(None if timeout_ms is None else timeout_ms / 1000):
                value = await self._call(command)
            result = Success(command.encode(value))
        except asyncio.CancelledError:
            raise
        except TimeoutError as error:
            result = failure_of(error if str(error) else TimeoutError("the attempt took longer than its timeout"), 0)
        except BaseException as error:  # noqa: BLE001 -- whatever a body raises is the attempt's outcome
            result = failure_of(error, self._clock.now_ms())
        return BodyEnded(asked, started_at_ms, result, command.options.retries)

    async def _call(self, command: RunBody) -> object:
        body = command.body
        if _is_coroutine_function(body):
            value = body()
        else:
            context = contextvars.copy_context()
            loop = asyncio.get_running_loop()
            value = await loop.run_in_executor(self._threads, context.run, body)
        return await value if inspect.isawaitable(value) else value

    def close(self) -> None:
        """Let the threads go; bodies still in them end unseen."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _is_coroutine_function(body: object) -> bool:
    while isinstance(body, functools.partial):
        body = body.func
    return inspect.iscoroutinefunction(body) or inspect.iscoroutinefunction(getattr(body, "__call__", None))  # noqa: B004
