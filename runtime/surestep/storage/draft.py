"""The writes of the reference store, on a draft: runs and events that were changed, on top of those that are there."""

from collections import ChainMap
from dataclasses import replace

from surestep.core.policies.admission import Drop, Holder
from surestep.core.policies.order import Admitted, Merged, Place, decide_admission
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked, EventArrived, Signal, TimerDue, TimerPurpose
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.creation import postponed
from surestep.storage.dropped import record_of_drop, refusal, signal_of_drop
from surestep.storage.matched import is_satisfied, signal_of_match, takers
from surestep.storage.memory_places import MemoryPlaces
from surestep.storage.memory_run import MemoryRun
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
    StoredEvent,
)

__all__ = ["Draft"]


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
        self._put_off: list[int] = []
        self._let_go: list[str] = []
        self._held = MemoryPlaces(self.places)
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
        return Appended(
            tuple(self._due),
            tuple(self.deliveries),
            tuple(self._dropped),
            min(self._put_off, default=None),
            tuple(self.runs[run_id].stored(self.events) for run_id in self._let_go),
        )

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

    def hold(self, run_id: str, place: Place) -> None:
        """Let a run hold a place."""
        self._held.take(run_id, 0, (place,))

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
            self._held.give_up(checkpoint.run_id)
        else:
            self.runs[checkpoint.run_id] = run
            self._arm(checkpoint.run_id, checkpoint.timers, checkpoint.waiters)
        for event in checkpoint.events:
            self.append(event)
        for run_id, signal in checkpoint.replies:
            self.deliver(run_id, signal)
        return self.appended

    def fire(self, timer: NewTimer) -> None:
        """Turn a timer into a signal, or let its run begin."""
        run = self.runs[timer.run_id]
        if timer.purpose is TimerPurpose.WAIT and timer.key is not None:
            run = run.without_wait(timer.key)
        self.runs[timer.run_id] = replace(run, timers=tuple(other for other in run.timers if other != timer))
        if timer.purpose is TimerPurpose.START:
            self._let_go.append(timer.run_id)
        else:
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
        if isinstance(admission, Merged):
            self._merge(new, admission)
        else:
            self._create(new, admission)
        return True

    def _decide(self, new: NewRun) -> Admitted | Merged | Drop:
        now_ms = new.created_at_ms
        return decide_admission(new.claims, lambda group: self._holders(group, now_ms), now_ms)

    def _holders(self, group: str, now_ms: int) -> list[Holder]:
        """A run that others may join holds a place until it begins."""
        held = self._held.holders(group, now_ms)
        return [holder for holder in held if not holder.size or self.runs[holder.run_id].can_be_joined]

    def _merge(self, new: NewRun, merged: Merged) -> None:
        """Give the event to the run that it joins."""
        merge = merged.merge
        old = self.runs[merge.into]
        if merge.adds:
            event_ids = (*old.new.event_ids, *new.event_ids)
            self.runs[merge.into] = replace(old, new=replace(old.new, event_ids=event_ids))
        else:
            kept = replace(old.new, event_ids=new.event_ids, queueing=new.queueing)
            self.runs[merge.into] = replace(old, new=kept, timers=(), waiters=())
            self._arm(merge.into, *postponed(new, merge.start_at_ms, merge.into))
        self._held.take(merge.into, new.created_at_ms, merged.places)
        start = NewTimer(merge.into, TimerPurpose.START, merge.start_at_ms)
        self._arm(merge.into, (start,), ())
        if merge.start_at_ms <= new.created_at_ms:
            self.fire(start)
        else:
            self._put_off.append(merge.start_at_ms)

    def _hasten(self, run_id: str) -> None:
        start_at_ms = self.runs[run_id].start_at_ms
        if start_at_ms is not None:
            self.fire(NewTimer(run_id, TimerPurpose.START, start_at_ms))

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
        start_at_ms, timers, waiters = new.start_at_ms, new.timers, new.waiters
        if admission.start_at_ms is not None:
            start_at_ms = admission.start_at_ms
            timers, waiters = postponed(new, start_at_ms, new.run_id)
            self._put_off.append(start_at_ms)
        self.runs[new.run_id] = MemoryRun(new, records=new.records)
        self._held.take(new.run_id, new.created_at_ms, admission.places)
        for run_id in admission.hastened:
            self._hasten(run_id)
        for run_id, reason in admission.superseded:
            self.deliver(run_id, CancelAsked(reason))
        if start_at_ms > new.created_at_ms:
            self._arm(new.run_id, (NewTimer(new.run_id, TimerPurpose.START, start_at_ms),), ())
        else:
            self._due.append(new)
        self._arm(new.run_id, timers, waiters)

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
