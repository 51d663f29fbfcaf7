"""One write inside the open transaction: what the contract's write methods do, as statements.

Refusals come before the first change wherever they can. Runs on the thread that owns the writing connection and knows
nothing of batches, files or loops.
"""

import json
from collections.abc import Iterable

import apsw

from surestep.core.policies.admission import Drop
from surestep.core.policies.order import Admitted, Merged, Place, decide_admission
from surestep.core.records import ENDED, Record, RunStarted
from surestep.core.signals import CancelAsked, Signal, TimerDue, TimerPurpose
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.creation import postponed
from surestep.storage.dropped import record_of_drop, refusal, signal_of_drop
from surestep.storage.matched import signal_of_match
from surestep.storage.payloads import Payloads
from surestep.storage.port import (
    NOTHING,
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
from surestep.storage.sqlite.places import Places
from surestep.storage.sqlite.reader import Reader
from surestep.storage.sqlite.rows import (
    Row,
    columns_of_event,
    columns_of_queueing,
    columns_of_record,
    columns_of_run,
    columns_of_signal,
    columns_of_waiter,
)
from surestep.storage.sqlite.statements import WRITES
from surestep.storage.sqlite.timers import Timers
from surestep.storage.sqlite.waiters import Waiters

__all__ = ["Work"]


class Work:
    """Carries out writes on a connection, one at a time."""

    def __init__(self, connection: apsw.Connection, matches: Matches, payloads: Payloads) -> None:
        self._payloads = payloads
        self._cursor = connection.cursor()
        self._connection = connection
        self._last_number: int = self._ask("last_number")[0][0]
        self._reader = Reader(connection, payloads)
        self._places = Places(self._cursor)
        self._timers = Timers(connection)
        self._waiters = Waiters(connection, matches, payloads)
        self._begin()

    def append_events(self, events: Iterable[NewEvent]) -> Appended:
        """Take in events, in order."""
        self._begin()
        for new in events:
            self._append(new)
        return self._appended()

    def commit(self, checkpoint: Checkpoint) -> Appended:
        """Carry out a checkpoint, field by field."""
        run_id = checkpoint.run_id
        self._advance(checkpoint)
        self._add_records(run_id, checkpoint.first_seq, checkpoint.records)
        if checkpoint.has_only_records():  # as most
            return NOTHING
        self._begin()
        if checkpoint.status in ENDED:
            self._do("drop_run_signals", run_id)
            self._timers.drop_of_run(run_id)
            self._do("drop_run_waiters", run_id)
            self._places.give_up(run_id)
        else:
            self._do_all("drop_signal", [(number, run_id) for number in checkpoint.consumed])
            self._timers.drop_of_steps(run_id, checkpoint.settled)
            self._do_all("drop_step_waiter", [(run_id, *key) for key in checkpoint.settled])
            self._arm(run_id, checkpoint.timers, checkpoint.waiters)
        for new in checkpoint.events:
            self._append(new)
        for other, signal in checkpoint.replies:
            self._tell(other, signal)
        return self._appended()

    def hold(self, run_id: str, place: Place) -> None:
        """Let a run hold a place."""
        self._places.take(run_id, 0, (place,))

    def fire_timers(self, now_ms: int, limit: int) -> Appended:
        """Turn timers into signals, and let runs begin."""
        self._begin()
        for timer in self._timers.take_due(now_ms, limit):
            if timer.purpose is TimerPurpose.START:
                self._let_go.append(timer.run_id)
                continue
            if timer.purpose is TimerPurpose.WAIT and timer.key is not None:
                self._do("drop_step_waiter", timer.run_id, *timer.key)
            self._deliver(timer.run_id, TimerDue(timer.purpose, timer.key))
        return self._appended()

    def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        """Give a signal to a run from outside."""
        self._begin()
        return self._tell(run_id, signal)

    def _begin(self) -> None:
        """Nothing has been caused yet; see `Appended`."""
        self._deliveries: list[Delivery] = []
        self._due: list[NewRun] = []
        self._dropped: list[Dropped] = []
        self._put_off: list[int] = []
        self._let_go: list[str] = []
        self._waiters.unawaited.clear()

    def _appended(self) -> Appended:
        let_go, damaged = self._reader.runs(self._let_go)
        for run_id in damaged:  # to whoever reads it by itself it will be told what is wrong
            self._deliver(run_id, TimerDue(TimerPurpose.START))
        put_off = min(self._put_off, default=None)
        return Appended(tuple(self._due), tuple(self._deliveries), tuple(self._dropped), put_off, tuple(let_go))

    def _advance(self, checkpoint: Checkpoint) -> None:
        started = None
        for record in checkpoint.records:  # one, mostly
            if isinstance(record, RunStarted):
                started = record.at_ms
        columns = (checkpoint.run_id, checkpoint.first_seq, len(checkpoint.records), started)
        if checkpoint.status is None:
            self._do("advance_run", *columns)
        else:
            ended = checkpoint.records[-1].at_ms if checkpoint.status in ENDED and checkpoint.records else None
            self._do("advance_run_to", *columns, checkpoint.status, ended)
        if not self._connection.changes():
            raise StaleCheckpointError(
                f"run {checkpoint.run_id} is unknown, has ended or does not have {checkpoint.first_seq} records"
            )

    def _append(self, new: NewEvent) -> None:
        event = new.event
        refused = refusal(new, self._decide)
        if refused is not None:
            self._dropped.append(refused)
            return
        found = [] if new.is_copy else self._waiters.find(event)
        for number, waiter in found:
            if waiter.key is None:
                self._do("drop_waiter", number)
            self._satisfy(waiter, event)
        triggers = [self._admit(run, event) for run in new.runs]
        if new.keep or found or any(triggers):
            self._add_event(event)
        if new.occurrence is not None:
            self._do("note_schedule", *new.occurrence)

    def _add_event(self, event: StoredEvent) -> None:
        try:
            self._do("add_event", *columns_of_event(event, self._payloads))
        except apsw.ConstraintError:
            raise StoreError(f"event {event.event_id} is stored already") from None

    def _admit(self, run: NewRun, event: StoredEvent) -> bool:
        """Create a run, or record that it is skipped; False where nothing of it is kept."""
        for event_id in run.event_ids:
            if event_id != event.event_id and not self._is("has_event", event_id):
                raise StoreError(f"run {run.run_id} is started by event {event_id}, which is not stored")
        admission = self._decide(run)
        if isinstance(admission, Drop):
            return self._drop(run, Dropped(run.run_id, admission))
        if isinstance(admission, Merged):
            self._merge(run, admission)
        else:
            self._create(run, admission)
        return True

    def _merge(self, run: NewRun, merged: Merged) -> None:
        """Give the event to the run that it joins."""
        merge = merged.merge
        into = merge.into
        if merge.adds:
            self._do_all("add_event_to_run", [(into, event_id) for event_id in run.event_ids])
        else:
            [(event_ids,)] = self._ask("event_ids_of_run", into)
            self._do_all("drop_trigger", [(event_id, into) for event_id in json.loads(event_ids)])
            self._do("replace_event_of_run", into, json.dumps(run.event_ids), columns_of_queueing(run.queueing))
            self._timers.drop_of_run(into)
            self._do("drop_run_waiters", into)
            self._arm(into, *postponed(run, merge.start_at_ms, into))
        self._do_all("add_trigger", [(event_id, into) for event_id in run.event_ids])
        self._places.take(into, run.created_at_ms, merged.places)
        self._timers.set(into, TimerPurpose.START, merge.start_at_ms)
        if merge.start_at_ms <= run.created_at_ms:
            self._hasten(into)
        else:
            self._put_off.append(merge.start_at_ms)

    def _hasten(self, run_id: str) -> None:
        """Let a run begin whose START timer is not due."""
        if self._timers.drop(run_id, TimerPurpose.START):
            self._let_go.append(run_id)

    def _decide(self, run: NewRun) -> Admitted | Merged | Drop:
        now_ms = run.created_at_ms
        return decide_admission(run.claims, lambda group: self._places.holders(group, now_ms), now_ms)

    def _drop(self, run: NewRun, why: Dropped) -> bool:
        self._dropped.append(why)
        if run.parent is not None:
            self._tell(run.parent.run_id, signal_of_drop(why.drop, run.parent))
        if why.drop.is_recorded:
            self._add_run("add_skipped_run", run)
            record = record_of_drop(why.drop, run.created_at_ms)
            self._do("add_record", *columns_of_record(run.run_id, 0, record, self._payloads))
        return why.drop.is_recorded

    def _add_run(self, statement: str, run: NewRun) -> None:
        try:
            self._do(statement, *columns_of_run(run))
        except apsw.ConstraintError:
            raise StoreError(f"run {run.run_id} exists already") from None
        self._do_all("add_trigger", [(event_id, run.run_id) for event_id in run.event_ids])

    def _create(self, run: NewRun, admission: Admitted) -> None:
        start_at_ms, timers, waiters = run.start_at_ms, run.timers, run.waiters
        if admission.start_at_ms is not None:
            start_at_ms = admission.start_at_ms
            timers, waiters = postponed(run, start_at_ms, run.run_id)
            self._put_off.append(start_at_ms)
        self._add_run("add_run", run)
        if run.records:
            self._do("advance_run", run.run_id, 0, len(run.records), None)
            self._add_records(run.run_id, 0, run.records)
        self._places.take(run.run_id, run.created_at_ms, admission.places)
        for run_id in admission.hastened:
            self._hasten(run_id)
        for run_id, reason in admission.superseded:
            self._tell(run_id, CancelAsked(reason))
        if start_at_ms > run.created_at_ms:
            self._timers.set(run.run_id, TimerPurpose.START, start_at_ms)
        else:
            self._due.append(run)
        self._arm(run.run_id, timers, waiters)

    def _add_records(self, run_id: str, first: int, records: tuple[Record, ...]) -> None:
        rows = [columns_of_record(run_id, seq, record, self._payloads) for seq, record in enumerate(records, first)]
        self._do_all("add_record", rows)

    def _arm(self, run_id: str, timers: tuple[NewTimer, ...], waiters: tuple[NewWaiter, ...]) -> None:
        for timer in timers:
            self._timers.set(run_id, timer.purpose, timer.due_at_ms, timer.key)
        for waiter in waiters:
            seen = self._waiters.look_back(waiter)
            if seen is None:
                self._last_number += 1
                self._do("add_waiter", *columns_of_waiter(self._last_number, waiter, self._payloads))
                self._waiters.unawaited.discard(waiter.event_name)
            else:
                self._satisfy(waiter, seen)

    def _satisfy(self, waiter: NewWaiter, event: StoredEvent) -> None:
        if waiter.key is not None:
            self._do("drop_step_waiter", waiter.run_id, *waiter.key)
            self._timers.drop(waiter.run_id, TimerPurpose.WAIT, waiter.key)
        self._deliver(waiter.run_id, signal_of_match(waiter, event))

    def _tell(self, run_id: str, signal: Signal) -> Delivery | None:
        return self._deliver(run_id, signal) if self._is("is_live", run_id) else None

    def _deliver(self, run_id: str, signal: Signal) -> Delivery:
        self._last_number += 1
        self._do("add_signal", *columns_of_signal(self._last_number, run_id, signal, self._payloads))
        delivery = Delivery(self._last_number, run_id, signal)
        self._deliveries.append(delivery)
        return delivery

    def _do(self, name: str, *columns: object) -> None:
        self._cursor.execute(WRITES[name], columns)

    def _do_all(self, name: str, rows: list[Row]) -> None:
        if len(rows) == 1:
            self._cursor.execute(WRITES[name], rows[0])
        elif rows:
            self._cursor.executemany(WRITES[name], rows)

    def _ask(self, name: str, *columns: object) -> list[Row]:
        return self._cursor.execute(WRITES[name], columns).fetchall()

    def _is(self, name: str, *columns: object) -> bool:
        return bool(self._cursor.execute(WRITES[name], columns).get)
