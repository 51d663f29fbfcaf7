"""Threads for plain-function bodies.

A thread cannot be stopped. A body that goes on after its timeout keeps its thread, and another thread takes its place,
up to a limit: the engine goes on while bodies are stuck. The threads end with the process, whatever they are doing.
"""

import asyncio
import contextvars
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from surestep.limits import STUCK_BODIES, SYNC_BODY_THREADS

__all__ = ["BodyThreads", "Call"]

_logger = logging.getLogger("surestep.engine")

_Outcome: TypeAlias = tuple[object, BaseException | None]


@dataclass(slots=True, eq=False)
class Call:
    """A body on its way through a thread.

    Attributes:
        ended: what it returned, and what it raised: a future cannot carry every error, and would add frames that tell
            users nothing.
    """

    body: Callable[[], object]
    ended: asyncio.Future[_Outcome]
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    is_stuck: bool = False


class BodyThreads:
    """Carries bodies out in threads, which are started when they are needed.

    Args:
        limit: bodies at work at once, not counting those that are stuck.
        stuck_limit: stuck bodies that others take the place of; beyond it each takes up a place until it returns.
    """

    def __init__(self, limit: int = SYNC_BODY_THREADS, stuck_limit: int = STUCK_BODIES) -> None:
        self._limit = limit
        self._stuck_limit = stuck_limit
        self._room = asyncio.Semaphore(limit)
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._threads = 0
        self._at_work = 0
        self._stuck = 0

    async def begin(self, body: Callable[[], object]) -> Call:
        """Have a body carried out, once there is a thread for it."""
        await self._room.acquire()
        self._at_work += 1
        if self._at_work > self._threads:
            self._threads += 1
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._work, args=(loop,), name="surestep-body", daemon=True).start()
        call = Call(body, asyncio.get_running_loop().create_future())
        self._calls.put(call)
        return call

    def leave(self, call: Call, what: str) -> None:
        """Wait no longer for a body; whatever it does from now on is lost.

        Args:
            call: that of the body, which has not ended.
            what: whose body it is, for the log.
        """
        call.is_stuck = True
        self._stuck += 1
        _logger.warning(
            "the body of %s goes on in its thread after its timeout, %d of %d such bodies (STUCK_BODIES); "
            "give what it waits for a timeout of its own",
            what,
            self._stuck,
            self._stuck_limit,
        )
        if self._stuck <= self._stuck_limit:
            self._room.release()
            return
        left = max(self._limit + self._stuck_limit - self._stuck, 0)
        _logger.error("too many bodies are stuck: %d threads are left for others; restart the engine", left)

    def close(self) -> None:
        """Let the threads go; bodies still in them end unseen."""
        for _ in range(self._threads):
            self._calls.put(None)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while (call := self._calls.get()) is not None:
            outcome = call.context.run(_carry_out, call.body)
            try:
                loop.call_soon_threadsafe(self._end, call, outcome)
            except RuntimeError:  # it is closed
                return
            del call, outcome  # an idle thread keeps nothing alive

    def _end(self, call: Call, outcome: _Outcome) -> None:
        self._at_work -= 1
        is_held = call.is_stuck and self._stuck <= self._stuck_limit  # somebody else has its place
        self._stuck -= call.is_stuck
        if not is_held:
            self._room.release()
        if not call.ended.done():
            call.ended.set_result(outcome)


def _carry_out(body: Callable[[], object]) -> _Outcome:
    try:
        return body(), None
    except BaseException as error:  # noqa: BLE001 -- raised again on the loop
        return None, error
