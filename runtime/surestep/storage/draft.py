"""The writes of the reference store, on a draft: runs and events that were changed, on top of those that are there."""

from collections import ChainMap
from dataclasses import dataclass, replace

from surestep.core.commands import StepKey
from surestep.core.policies.admission import Drop, Holder
from surestep.core.policies.order import Admitted, decide_admission
from surestep.core.records import ENDED, Record, RunStarted, RunStatus
from surestep.core.signals import CancelAsked, EventArrived, Signal, TimerDue, TimerPurpose
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.dropped import record_of_drop, refusal, signal_of_drop
from surestep.storage.matched import is_satisfied, signal_of_match, takers
from surestep.storage.port import (
    Appended,
    Checkpoint,
    Delivery,
    Dropped,
    Matches,
    NewEvent,
    NewRun,
    NewTimer,
    NewWaiter,
    RunRow,
    StoredEvent,
)

__all__ = ["Draft", "MemoryRun"]


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
    def is_ready(self) -> bool:
        """Whether it has something to do now."""
        match self.status:
            case RunStatus.RUNNING:
                return True
            case RunStatus.QUEUED if all(timer.purpose is not TimerPurpose.START for timer in self.timers):
                return True
            case _:
                return bool(self.deliveries)

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
        )

    def without_wait(self, key: StepKey) -> "MemoryRun":
        """Without the waiter of a step and the timer that bounds it."""
        return replace(
            self,
            waiters=tuple(pair for pair in self.waiters if pair[1].key != key),
            timers=tuple(timer for timer in self.timers if (timer.purpose, timer.key) != (TimerPurpose.WAIT, key)),
        )


class Draft:
    """One write in the making.

    Attributes:
        runs: those that this write has created or changed, then all others.
        events: those that this write has added, then all others.
        places: the holders of places by group, those that this write has changed first.
        schedules: the latest occurrence of each schedule.
        last_number: the last number given to a waiter or a delivery.
        deliveries: caused so far.
    """

    def __init__(
        self,
        live: dict[str, MemoryRun],
        ended: dict[str, MemoryRun],
        events: dict[str, StoredEvent],
        places: dict[str, tuple[Holder, ...]],
        matches: Matches,
        last_number: int,
    ) -> None:
        self.runs = ChainMap[str, MemoryRun]({}, live, ended)
        self.events = ChainMap[str, StoredEvent]({}, events)
        self.places = ChainMap[str, tuple[Holder, ...]]({}, places)
        self.schedules: dict[str, int] = {}
        self.last_number = last_number
        self.deliveries: list[Delivery] = []
        self._due: list[NewRun] = []
        self._dropped: list[Dropped] = []
        self._live = live
        self._matches = matches

    @property
    def changed_runs(self) -> dict[str, MemoryRun]:
        """What the store takes over when the write has succeeded."""
        return dict(self.runs.maps[0])

    @property
    def new_events(self) -> dict[str, StoredEvent]:
        """Likewise."""
        return dict(self.events.maps[0])

    @property
    def appended(self) -> Appended:
        """What the write has caused."""
        return Appended(tuple(self._due), tuple(self.deliveries), tuple(self._dropped))

    def append(self, new: NewEvent) -> None:
        """Take in one event."""
        event = new.event
        refused = refusal(new, self._decide)
        if refused is not None:
            self._dropped.append(refused)
            return
        satisfied = not new.is_copy and self._satisfy_waiters(event)
        triggers = [self._admit(run, event) for run in new.runs]
        if new.keep or satisfied or any(triggers):
            if event.event_id in self.events:
                raise StoreError(f"event {event.event_id} is stored already")
            self.events[event.event_id] = event
        if new.occurrence is not None:
            self.schedules[new.occurrence[0]] = new.occurrence[1]

    def commit(self, checkpoint: Checkpoint) -> Appended:
        """Carry out a checkpoint, field by field."""
        run = self.runs.get(checkpoint.run_id)
        if run is None or run.has_ended or len(run.records) != checkpoint.first_seq:
            raise StaleCheckpointError(
                f"run {checkpoint.run_id} is unknown, has ended or does not have {checkpoint.first_seq} records"
            )
        run = replace(
            run,
            status=checkpoint.status or run.status,
            records=run.records + checkpoint.records,
            deliveries=tuple(d for d in run.deliveries if d.number not in checkpoint.consumed),
            timers=tuple(timer for timer in run.timers if timer.key not in checkpoint.settled),
            waiters=tuple(pair for pair in run.waiters if pair[1].key not in checkpoint.settled),
        )
        if run.has_ended:
            ended_at_ms = checkpoint.records[-1].at_ms if checkpoint.records else None
            self.runs[checkpoint.run_id] = replace(run, ended_at_ms=ended_at_ms, deliveries=(), timers=(), waiters=())
            self._give_places_up(run.new)
        else:
            self.runs[checkpoint.run_id] = run
            self._arm(checkpoint.run_id, checkpoint.timers, checkpoint.waiters)
        for event in checkpoint.events:
            self.append(event)
        for run_id, signal in checkpoint.replies:
            self.deliver(run_id, signal)
        return self.appended

    def fire(self, timer: NewTimer) -> None:
        """Turn a timer into a signal."""
        run = self.runs[timer.run_id]
        if timer.purpose is TimerPurpose.WAIT and timer.key is not None:
            run = run.without_wait(timer.key)
        self.runs[timer.run_id] = replace(run, timers=tuple(other for other in run.timers if other != timer))
        self.deliver(timer.run_id, TimerDue(timer.purpose, timer.key))

    def deliver(self, run_id: str, signal: Signal) -> Delivery | None:
        """Give a signal to a run that has not ended."""
        run = self.runs.get(run_id)
        if run is None or run.has_ended:
            return None
        delivery = Delivery(self._next_number(), run_id, signal)
        self.runs[run_id] = replace(run, deliveries=(*run.deliveries, delivery))
        self.deliveries.append(delivery)
        return delivery

    def _satisfy_waiters(self, event: StoredEvent) -> bool:
        found = [
            (number, waiter)
            for run in (self._live | self.changed_runs).values()
            for number, waiter in run.waiters
            if is_satisfied(waiter, event, self._matches)
        ]
        for number, waiter in takers(found):
            self._satisfy(number, waiter, event)
        return bool(found)

    def _satisfy(self, number: int, waiter: NewWaiter, event: StoredEvent) -> None:
        run = self.runs[waiter.run_id]
        if waiter.key is None:
            run = replace(run, waiters=tuple(pair for pair in run.waiters if pair[0] != number))
        else:
            run = run.without_wait(waiter.key)
        self.runs[waiter.run_id] = run
        self.deliver(waiter.run_id, signal_of_match(waiter, event))

    def _admit(self, new: NewRun, event: StoredEvent) -> bool:
        """Create a run, or record that it is skipped; False where nothing of it is kept."""
        for event_id in new.event_ids:
            if event_id != event.event_id and event_id not in self.events:
                raise StoreError(f"run {new.run_id} is started by event {event_id}, which is not stored")
        admission = self._decide(new)
        if isinstance(admission, Drop):
            return self._drop(new, Dropped(new.run_id, admission))
        self._create(new, admission)
        return True

    def _decide(self, new: NewRun) -> Admitted | Drop:
        now_ms = new.created_at_ms
        return decide_admission(new.claims, lambda group: self._holders(group, now_ms), now_ms)

    def _holders(self, group: str, now_ms: int) -> list[Holder]:
        held = [holder for holder in self.places.get(group, ()) if holder.until_ms is None or holder.until_ms > now_ms]
        return sorted(held, key=lambda holder: (holder.at_ms, holder.run_id), reverse=True)

    def _drop(self, new: NewRun, why: Dropped) -> bool:
        self._dropped.append(why)
        if new.parent is not None:
            self.deliver(new.parent.run_id, signal_of_drop(why.drop, new.parent))
        if why.drop.is_recorded:
            self._check_new(new)
            record = record_of_drop(why.drop, new.created_at_ms)
            self.runs[new.run_id] = MemoryRun(new, RunStatus.SKIPPED, new.created_at_ms, (record,))
        return why.drop.is_recorded

    def _check_new(self, new: NewRun) -> None:
        if new.run_id in self.runs:
            raise StoreError(f"run {new.run_id} exists already")

    def _create(self, new: NewRun, admission: Admitted) -> None:
        self._check_new(new)
        self.runs[new.run_id] = MemoryRun(new, records=new.records)
        for place in admission.places:
            holder = Holder(new.run_id, new.created_at_ms, place.until_ms)
            self.places[place.group] = (*self.places.get(place.group, ()), holder)
        for run_id, reason in admission.superseded:
            self.deliver(run_id, CancelAsked(reason))
        if new.start_at_ms > new.created_at_ms:
            self._arm(new.run_id, (NewTimer(new.run_id, TimerPurpose.START, new.start_at_ms),), ())
        else:
            self._due.append(new)
        self._arm(new.run_id, new.timers, new.waiters)

    def _give_places_up(self, run: NewRun) -> None:
        """Those that last to the end of the run."""
        for claim in run.claims:
            held = self.places.get(claim.group, ())
            kept = tuple(holder for holder in held if (holder.run_id, holder.until_ms) != (run.run_id, None))
            self.places[claim.group] = kept

    def _arm(self, run_id: str, timers: tuple[NewTimer, ...], waiters: tuple[NewWaiter, ...]) -> None:
        for new in timers:
            run = self.runs[run_id]
            kept = tuple(timer for timer in run.timers if (timer.purpose, timer.key) != (new.purpose, new.key))
            self.runs[run_id] = replace(run, timers=(*kept, new))
        for waiter in waiters:
            run = self.runs[run_id]
            others = tuple(pair for pair in run.waiters if waiter.key is None or pair[1].key != waiter.key)
            number = self._next_number()
            self.runs[run_id] = replace(run, waiters=(*others, (number, waiter)))
            seen = self._look_back(waiter)
            if seen is not None:
                self._satisfy(number, waiter, seen)

    def _look_back(self, waiter: NewWaiter) -> StoredEvent | None:
        if waiter.lookback_after is None:
            return None
        signals = (delivery.signal for delivery in self.runs[waiter.run_id].deliveries)
        taken = {*waiter.consumed, *(signal.event_id for signal in signals if isinstance(signal, EventArrived))}
        candidates = (
            self.events[event_id]
            for event_id in sorted(self.events)
            if event_id > waiter.lookback_after and event_id not in taken
        )
        return next((event for event in candidates if is_satisfied(waiter, event, self._matches)), None)

    def _next_number(self) -> int:
        self.last_number += 1
        return self.last_number
