"""Rings once at an instant, which may be changed at any time."""

import asyncio
from collections.abc import Awaitable, Callable

from surestep.engines.tasks import start_task

__all__ = ["Alarm"]


class Alarm:
    """An instant to wake up at.

    Args:
        sleep_until: of the clock; it may return early.
        ring: called at the instant, or earlier.
    """

    __slots__ = ("_ring", "_set", "_sleep_until")

    def __init__(self, sleep_until: Callable[[int], Awaitable[None]], ring: Callable[[], None]) -> None:
        self._sleep_until = sleep_until
        self._ring = ring
        self._set: tuple[int, asyncio.Task[None]] | None = None

    @property
    def due_at_ms(self) -> int | None:
        """The instant; None where nothing is to be waited for."""
        return None if self._set is None else self._set[0]

    def set(self, due_at_ms: int | None) -> None:
        """Wake up at this instant instead of the one before."""
        if self._set is not None:
            if self._set[0] == due_at_ms:
                return
            self._set[1].cancel()
        self._set = None if due_at_ms is None else (due_at_ms, start_task(self._wait(due_at_ms), "alarm"))

    async def _wait(self, due_at_ms: int) -> None:
        await self._sleep_until(due_at_ms)
        self._set = None
        self._ring()
