"""A run as the reference store keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surestep.core.commands import StepKey
from surestep.core.records import ENDED, Record, RunStarted, RunStatus
from surestep.core.signals import CancelAsked, TimerPurpose
from surestep.storage.port import (
    Delivery,
    NewRun,
    NewTimer,
    NewWaiter,
    QueuedRun,
    RunRow,
    StoredEvent,
    StoredRun,
)

__all__ = ["MemoryRun"]


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """A run with all that hangs on it."""

    new: NewRun
    status: RunStatus = RunStatus.QUEUED
    ended_at_ms: int | None = None
    records: tuple[Record, ...] = ()
    timers: tuple[NewTimer, ...] = ()
    waiters: tuple[tuple[int, NewWaiter], ...] = ()
    deliveries: tuple[Delivery, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in ENDED

    @property
    def start_at_ms(self) -> int | None:
        """When its START timer is due."""
        wanted = (TimerPurpose.START, None)
        return next((timer.due_at_ms for timer in self.timers if (timer.purpose, timer.key) == wanted), None)

    @property
    def can_be_joined(self) -> bool:
        """It has not begun, and nobody wants it cancelled."""
        is_told_to_cancel = any(isinstance(delivery.signal, CancelAsked) for delivery in self.deliveries)
        return self.start_at_ms is not None and not is_told_to_cancel

    @property
    def is_ready(self) -> bool:
        """Whether it has something to do now."""
        match self.status:
            case RunStatus.RUNNING:
                return True
            case RunStatus.QUEUED if all(timer.purpose is not TimerPurpose.START for timer in self.timers):
                return True
            case _:
                return bool(self.deliveries)

    def queued(self, *, is_let_go: bool) -> QueuedRun | None:
        """The run as flow control counts it, one that is let go as begun; None where it does not, or not yet."""
        row = self.row()
        if row.queueing is None or self.start_at_ms is not None:
            return None
        return QueuedRun(
            row.run_id, row.function_id, row.queueing, is_let_go or row.started_at_ms is not None, bool(self.deliveries)
        )

    def stored(self, events: Mapping[str, StoredEvent]) -> StoredRun:
        """The run with its events, of all that there are."""
        own = tuple(events[event_id] for event_id in self.new.event_ids)
        return StoredRun(self.row(), own, self.records, self.deliveries, self.start_at_ms)

    def row(self) -> RunRow:
        """The run without its history."""
        return RunRow(
            run_id=self.new.run_id,
            function_id=self.new.function_id,
            status=self.status,
            event_ids=self.new.event_ids,
            created_at_ms=self.new.created_at_ms,
            triggered_by=self.new.triggered_by,
            started_at_ms=next((record.at_ms for record in self.records if isinstance(record, RunStarted)), None),
            ended_at_ms=self.ended_at_ms,
            parent=self.new.parent,
            queueing=self.new.queueing,
        )

    def without_wait(self, key: StepKey) -> "MemoryRun":
        """Without the waiter of a step and the timer that bounds it."""
        return replace(
            self,
            waiters=tuple(pair for pair in self.waiters if pair[1].key != key),
            timers=tuple(timer for timer in self.timers if (timer.purpose, timer.key) != (TimerPurpose.WAIT, key)),
        )
