"""How long finished runs and events are kept, and their deletion in the background, a few milliseconds at a time."""

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from typing import Final

from surestep.engines.clock import Clock
from surestep.engines.patience import patiently
from surestep.limits import CLOCK_JUMP_MS, EVENTS_KEPT, PRUNE_INTERVAL_MS, RETENTION_MS, RUNS_KEPT
from surestep.storage.port import Store
from surestep.storage.pruning import Prunable, PruneQuery, Stored

__all__ = ["Retention", "Sweeper", "plan_next", "plan_pruning"]

_logger = logging.getLogger("surestep.engine")

_PAUSE_S: Final = 0.005
"""Between two batches: others get most of the store's time."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept. Live runs and what they may need always are.

    Attributes:
        age_ms: finished runs are kept so long after their end, events after their reception.
        runs: of finished runs, at most so many; the oldest go first.
        events: likewise.
    """

    age_ms: int = RETENTION_MS
    runs: int = RUNS_KEPT
    events: int = EVENTS_KEPT


def plan_pruning(stored: Stored, retention: Retention, now_ms: int) -> PruneQuery:
    """What may go now."""
    return PruneQuery(
        now_ms - retention.age_ms,
        max(stored.finished_runs - retention.runs, 0),
        max(stored.events - retention.events, 0),
        stored.needed_event,
    )


def plan_next(query: PruneQuery, found: Prunable) -> PruneQuery | None:
    """What to ask after an answer; None when that was the last one."""
    if not found.runs and not found.events:
        return None
    return replace(
        query,
        surplus_runs=max(query.surplus_runs - len(found.runs), 0),
        surplus_events=max(query.surplus_events - len(found.events), 0),
        after_run=found.runs[-1] if found.runs else query.after_run,
        after_event=found.events[-1] if found.events else query.after_event,
    )


class Sweeper:
    """Deletes what need not be kept. It goes by real time: a virtual clock would be kept busy with it."""

    def __init__(self, store: Store, clock: Clock, retention: Retention) -> None:
        self._store = store
        self._clock = clock
        self._retention = retention
        self._ahead_ms = clock.now_ms() - _uptime_ms()
        self._has_warned = False

    async def watch(self) -> None:
        """Sweep now and then until cancelled."""
        while True:
            await asyncio.sleep(PRUNE_INTERVAL_MS / 1_000)
            if not self.is_clock_wrong():
                await patiently("the deletion of old runs", self.sweep, lambda: False)

    def is_clock_wrong(self) -> bool:
        """Whether the clock has been put forward by so much that young runs look old; then nothing is deleted."""
        jumped = self._clock.now_ms() - _uptime_ms() - self._ahead_ms > CLOCK_JUMP_MS
        if jumped and not self._has_warned:
            self._has_warned = True
            _logger.warning("the clock was put forward; nothing is deleted by age until it is back or after a restart")
        return jumped

    async def sweep(self) -> tuple[int, int]:
        """Delete all that may go now; returns how many runs and events went."""
        runs, events = 0, 0
        now_ms = self._clock.now_ms()
        query: PruneQuery | None = plan_pruning(await self._store.count_stored(), self._retention, now_ms)
        while query is not None:
            found = await self._store.find_prunable(query)
            gone = await self._store.prune(found, now_ms)
            runs, events = runs + len(gone.runs), events + len(gone.events)
            query = plan_next(query, found)
            await asyncio.sleep(_PAUSE_S)
        if runs or events:
            _logger.info("deleted %d finished runs and %d events that were too old or too many", runs, events)
        return runs, events


def _uptime_ms() -> int:
    """Milliseconds that have really passed since some moment; nobody can set this clock."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000
