"""A clock that stands still until it is moved."""

import asyncio
import heapq
from itertools import count
from typing import Final

from typing_extensions import override

from surestep.engines.clock import Clock

__all__ = ["VirtualClock"]

_START_MS: Final = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_TURNS_OF_THE_LOOP: Final = 10
"""Enough for a sleeper, and whoever waits for it, to notice that its time has come."""


class VirtualClock(Clock):
    """Time moves only by `advance_to`. Starts at 2026-01-01 unless told otherwise (Unix milliseconds)."""

    def __init__(self, now_ms: int = _START_MS) -> None:
        self._now_ms = now_ms
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    @override
    def now_ms(self) -> int:
        return self._now_ms

    @override
    async def sleep_until(self, due_at_ms: int) -> None:
        if due_at_ms > self._now_ms:
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._sleepers, (due_at_ms, next(self._order), woken))
            await woken

    @property
    def next_due_ms(self) -> int | None:
        """When the first sleeper wants to be woken, None when nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def advance_to(self, now_ms: int) -> None:
        """Move to an instant, and let those wake whose time has come; all of them, where the clock is put back."""
        is_back, self._now_ms = now_ms < self._now_ms, now_ms
        while (due_at_ms := self.next_due_ms) is not None and (is_back or due_at_ms <= now_ms):
            heapq.heappop(self._sleepers)[2].set_result(None)
        for _ in range(_TURNS_OF_THE_LOOP):
            await asyncio.sleep(0)
