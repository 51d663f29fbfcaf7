"""Wakes runs when their timers are due. Between two timers it does nothing."""

import asyncio
from collections.abc import Callable
from typing import Final

from surestep.engines.clock import Clock
from surestep.engines.patience import patiently
from surestep.storage.port import Appended, Store

__all__ = ["Timers"]

_BATCH: Final = 500
"""Timers fired in one transaction."""


class Timers:
    """Watches for the earliest timer of a store.

    Attributes:
        is_resting: nothing is due, as far as is known.
    """

    def __init__(self, store: Store, clock: Clock, pass_on: Callable[[Appended], None]) -> None:
        self._store = store
        self._clock = clock
        self._pass_on = pass_on
        self._due_at_ms: int | None = None
        self._changed = asyncio.Event()
        self.is_resting = False

    def expect(self, due_at_ms: int) -> None:
        """A timer was set; matters only when it is earlier than all others."""
        if self._due_at_ms is None or due_at_ms < self._due_at_ms:
            self._due_at_ms = due_at_ms
            self.is_resting = False
            self._changed.set()

    async def watch(self) -> None:
        """Deliver due timers until cancelled."""
        while True:
            await patiently("the timers' watch", self._round, lambda: False)

    async def _round(self) -> None:
        self._due_at_ms = None
        stored_ms = await self._store.next_due_ms()
        if stored_ms is not None:
            self.expect(stored_ms)  # a timer set during the query may be earlier
        while not self._is_due():
            await self._until_due_or_changed()
        self._pass_on(await self._store.fire_timers(self._clock.now_ms(), _BATCH))

    def _is_due(self) -> bool:
        return self._due_at_ms is not None and self._due_at_ms <= self._clock.now_ms()

    async def _until_due_or_changed(self) -> None:
        due_at_ms = self._due_at_ms
        self._changed.clear()
        self.is_resting = True
        if due_at_ms is None:
            await self._changed.wait()
        else:
            sleeping = asyncio.ensure_future(self._clock.sleep_until(due_at_ms))
            changing = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait((sleeping, changing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                changing.cancel()
        self.is_resting = False
