"""One write inside the open transaction: what the contract's write methods do, as statements.

Refusals come before the first change wherever they can. Runs on the thread that owns the writing connection and knows
nothing of batches, files or loops.
"""

import json
from collections.abc import Iterable

import apsw

from surestep.core.matching import match_value_at
from surestep.core.records import ENDED, RunStarted
from surestep.core.signals import Signal, TimerDue, TimerPurpose
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.matched import is_satisfied, signal_of_match
from surestep.storage.payloads import Payloads
from surestep.storage.port import (
    Appended,
    Checkpoint,
    Delivery,
    Matches,
    NewEvent,
    NewRun,
    NewTimer,
    NewWaiter,
    StoredEvent,
)
from surestep.storage.sqlite.rows import (
    Row,
    columns_of_event,
    columns_of_record,
    columns_of_run,
    columns_of_signal,
    columns_of_step,
    columns_of_waiter,
    event_of_row,
    step_of_columns,
    waiter_of_row,
)
from surestep.storage.sqlite.statements import WRITES

__all__ = ["Work"]


class Work:
    """Carries out writes on a connection, one at a time.

    Attributes:
        deliveries: caused by the write in progress, in order.
    """

    def __init__(self, connection: apsw.Connection, matches: Matches, payloads: Payloads) -> None:
        self._payloads = payloads
        self._cursor = connection.cursor()
        self._connection = connection
        self._matches = matches
        self._last_number: int = self._ask("last_number")[0][0]
        self.deliveries: list[Delivery] = []

    def append_events(self, events: Iterable[NewEvent]) -> Appended:
        """Take in events, in order."""
        self.deliveries = []
        due = tuple(run for new in events for run in self._append(new))
        return Appended(due, tuple(self.deliveries))

    def commit(self, checkpoint: Checkpoint) -> Appended:
        """Carry out a checkpoint, field by field."""
        self.deliveries = []
        run_id, first = checkpoint.run_id, checkpoint.first_seq
        self._advance(checkpoint)
        rows = [columns_of_record(run_id, seq, r, self._payloads) for seq, r in enumerate(checkpoint.records, first)]
        self._do_all("add_record", rows)
        if checkpoint.status in ENDED:
            self._do("drop_run_signals", run_id)
            self._do("drop_run_timers", run_id)
            self._do("drop_run_waiters", run_id)
        else:
            self._do_all("drop_signal", [(number, run_id) for number in checkpoint.consumed])
            self._do_all("drop_step_timers", [(run_id, *key) for key in checkpoint.settled])
            self._do_all("drop_step_waiter", [(run_id, *key) for key in checkpoint.settled])
            self._arm(run_id, checkpoint.timers, checkpoint.waiters)
        due = tuple(run for new in checkpoint.events for run in self._append(new))
        for other, signal in checkpoint.replies:
            self._tell(other, signal)
        return Appended(due, tuple(self.deliveries))

    def fire_timers(self, now_ms: int, limit: int) -> tuple[Delivery, ...]:
        """Turn timers into signals."""
        self.deliveries = []
        due = self._ask("due_timers", now_ms, limit)
        self._do_all("drop_timer", due)
        waits = [
            (run_id, step, occurrence) for run_id, step, occurrence, purpose in due if purpose == TimerPurpose.WAIT
        ]
        self._do_all("drop_step_waiter", waits)
        for run_id, step, occurrence, purpose in due:
            self._deliver(run_id, TimerDue(TimerPurpose(purpose), step_of_columns(step, occurrence)))
        return tuple(self.deliveries)

    def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        """Give a signal to a run from outside."""
        self.deliveries = []
        return self._tell(run_id, signal)

    def _advance(self, checkpoint: Checkpoint) -> None:
        started = next((record.at_ms for record in checkpoint.records if isinstance(record, RunStarted)), None)
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

    def _append(self, new: NewEvent) -> list[NewRun]:
        event = new.event
        found = self._find_waiters(event)
        for number, waiter in found:
            if waiter.key is None:
                self._do("drop_waiter", number)
            self._satisfy(waiter, event)
        created = [run for run in new.runs if self._create(run, event)]
        if new.keep or created or found:
            self._add_event(event)
        return [run for run in created if run.start_at_ms <= run.created_at_ms]

    def _add_event(self, event: StoredEvent) -> None:
        try:
            self._do("add_event", *columns_of_event(event, self._payloads))
        except apsw.ConstraintError:
            raise StoreError(f"event {event.event_id} is stored already") from None

    def _create(self, run: NewRun, event: StoredEvent) -> bool:
        for event_id in run.event_ids:
            if event_id != event.event_id and not self._is("has_event", event_id):
                raise StoreError(f"run {run.run_id} is started by event {event_id}, which is not stored")
        if run.dedup_id is not None and self._is(
            "has_duplicate", run.function_id, run.dedup_id, run.created_at_ms - run.dedup_ms
        ):
            return False
        try:
            self._do("add_run", *columns_of_run(run))
        except apsw.ConstraintError:
            raise StoreError(f"run {run.run_id} exists already") from None
        self._do_all("add_trigger", [(event_id, run.run_id) for event_id in run.event_ids])
        if run.start_at_ms > run.created_at_ms:
            self._do("set_timer", run.run_id, *columns_of_step(None), TimerPurpose.START, run.start_at_ms)
        self._arm(run.run_id, run.timers, run.waiters)
        return True

    def _arm(self, run_id: str, timers: tuple[NewTimer, ...], waiters: tuple[NewWaiter, ...]) -> None:
        rows = [(run_id, *columns_of_step(timer.key), timer.purpose, timer.due_at_ms) for timer in timers]
        self._do_all("set_timer", rows)
        for waiter in waiters:
            seen = self._look_back(waiter)
            if seen is None:
                self._last_number += 1
                self._do("add_waiter", *columns_of_waiter(self._last_number, waiter, self._payloads))
            else:
                self._satisfy(waiter, seen)

    def _look_back(self, waiter: NewWaiter) -> StoredEvent | None:
        if waiter.lookback_after is None:
            return None
        for row in self._connection.execute(WRITES["events_since"], (waiter.event_name, waiter.lookback_after)):
            event = event_of_row(row, self._payloads)
            if event.event_id not in waiter.consumed and is_satisfied(waiter, event, self._matches):
                return event
        return None

    def _find_waiters(self, event: StoredEvent) -> list[tuple[int, NewWaiter]]:
        """Those that this event satisfies, in the order they began to wait."""
        if not self._is("has_waiters", event.name):
            return []
        rows = self._ask("waiters_anywhere", event.name)
        if paths := self._ask("match_paths", event.name):
            data = json.loads(event.data)
            for (path,) in paths:
                rows += self._ask("waiters_at", event.name, path, match_value_at(data, path))
        waiters = sorted((waiter_of_row(row, self._payloads) for row in rows), key=lambda pair: pair[0])
        return [pair for pair in waiters if is_satisfied(pair[1], event, self._matches)]

    def _satisfy(self, waiter: NewWaiter, event: StoredEvent) -> None:
        if waiter.key is not None:
            self._do("drop_step_waiter", waiter.run_id, *waiter.key)
            self._do("drop_timer", waiter.run_id, *waiter.key, TimerPurpose.WAIT)
        self._deliver(waiter.run_id, signal_of_match(waiter, event))

    def _tell(self, run_id: str, signal: Signal) -> Delivery | None:
        return self._deliver(run_id, signal) if self._is("is_live", run_id) else None

    def _deliver(self, run_id: str, signal: Signal) -> Delivery:
        self._last_number += 1
        self._do("add_signal", *columns_of_signal(self._last_number, run_id, signal, self._payloads))
        delivery = Delivery(self._last_number, run_id, signal)
        self.deliveries.append(delivery)
        return delivery

    def _do(self, name: str, *columns: object) -> None:
        self._cursor.execute(WRITES[name], columns)

    def _do_all(self, name: str, rows: list[Row]) -> None:
        if rows:
            self._cursor.executemany(WRITES[name], rows)

    def _ask(self, name: str, *columns: object) -> list[Row]:
        return self._cursor.execute(WRITES[name], columns).fetchall()

    def _is(self, name: str, *columns: object) -> bool:
        return bool(self._cursor.execute(WRITES[name], columns).get)
