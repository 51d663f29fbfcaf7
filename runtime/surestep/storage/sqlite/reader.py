"""Reads. Each sees one moment of the store, and all that was answered before it was asked."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

import apsw

from surestep.core.policies.pause import PauseMode
from surestep.core.records import Record
from surestep.storage.payloads import Payloads
from surestep.storage.port import (
    Delivery,
    PutOff,
    PutOffList,
    QueuedRun,
    QueueState,
    RunQuery,
    RunRow,
    StoredEvent,
    StoredRun,
)
from surestep.storage.sqlite.rows import (
    Row,
    delivery_of_row,
    event_of_row,
    queueing_of_column,
    record_of_row,
    run_of_row,
)
from surestep.storage.sqlite.statements import READS

__all__ = ["Reader"]

_RUN_CONDITIONS = {
    "function_id": "function_id = :function_id",
    "status": "status = :status",
    "event_id": "run_id IN (SELECT run_id FROM triggers WHERE event_id = :event_id)",
    "before": "run_id < :before",
}
_EVENT_CONDITIONS = {"name": "name = :name", "before": "event_id < :before"}

_OF_RUN: Final = slice(10)
_OF_EVENT: Final = slice(10, 17)
"""Columns of the statement `run`."""


class Reader:
    """Reads on a connection of its own, from one thread at a time."""

    def __init__(self, connection: apsw.Connection, payloads: Payloads) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._payloads = payloads

    def next_due_ms(self) -> int | None:
        """When the earliest timer is due."""
        due: int | None = self._connection.execute(READS["next_due"]).get
        return due

    def ready_runs(self) -> tuple[str, ...]:
        """Runs with something to do."""
        return tuple(run_id for (run_id,) in self._ask("ready_runs"))

    def load_queue(self, now_ms: int) -> QueueState:
        """What flow control was at."""
        return QueueState(
            runs=tuple(_queued(*row) for row in self._ask("queued_runs", now_ms)),
            paces=tuple(self._ask("paces", now_ms)),
            paused=tuple((function_id, PauseMode(mode)) for function_id, mode in self._ask("paused")),
        )

    def list_put_off(self, function_id: str | None, limit: int) -> PutOffList:
        """Runs that are to begin later."""
        rows = self._ask("put_off", function_id, limit)
        return PutOffList(tuple(PutOff(*row[:5]) for row in rows), *rows[0][5:]) if rows else PutOffList()

    def load_run(self, run_id: str) -> StoredRun | None:
        """A run and all that hangs on it, as of one moment."""
        self._connection.execute("BEGIN")
        try:
            return self.run(run_id)
        finally:
            self._connection.execute("COMMIT")

    def run(self, run_id: str) -> StoredRun | None:
        """The same, as of the open transaction."""
        found = self._ask("run", run_id)
        if not found:
            return None
        *_, record_count, has_signals, start_at_ms = columns = found[0]
        row = run_of_row(columns[_OF_RUN])
        if len(row.event_ids) == 1:  # as of most runs
            events: tuple[StoredEvent, ...] = (event_of_row(columns[_OF_EVENT], self._payloads),)
        else:
            events = self._events(self._ask("events_of_run", json.dumps(row.event_ids)))
        records = self._records(run_id) if record_count else ()
        return StoredRun(row, events, records, self._deliveries(run_id) if has_signals else (), start_at_ms)

    def runs(self, run_ids: Iterable[str]) -> tuple[list[StoredRun], list[str]]:
        """Several, as of the open transaction; and those that cannot be read, which must not hold up the others."""
        read = [(run_id, self._readable(run_id)) for run_id in run_ids]
        return [run for _, run in read if run is not None], [run_id for run_id, run in read if run is None]

    def _readable(self, run_id: str) -> StoredRun | None:
        try:
            return self.run(run_id)
        except Exception:
            if not self._connection.in_transaction:  # the error has ended it
                raise
            return None

    def _records(self, run_id: str) -> tuple[Record, ...]:
        rows = enumerate(self._ask("records_of_run", run_id))
        return tuple(record_of_row(run_id, seq, row, self._payloads) for seq, row in rows)

    def _deliveries(self, run_id: str) -> tuple[Delivery, ...]:
        return tuple(delivery_of_row(run_id, row, self._payloads) for row in self._ask("signals_of_run", run_id))

    def list_runs(self, query: RunQuery) -> tuple[RunRow, ...]:
        """Runs, newest first."""
        asked = {
            "function_id": query.function_id,
            "status": query.status,
            "event_id": query.event_id,
            "before": query.before,
        }
        return tuple(run_of_row(row) for row in self._list("runs", _RUN_CONDITIONS, asked, query.limit))

    def list_events(self, name: str | None, before: str | None, limit: int) -> tuple[StoredEvent, ...]:
        """Events, newest first."""
        asked = {"name": name, "before": before}
        return self._events(self._list("events", _EVENT_CONDITIONS, asked, limit))

    def _events(self, rows: list[Row]) -> tuple[StoredEvent, ...]:
        return tuple(event_of_row(row, self._payloads) for row in rows)

    def _list(
        self, statement: str, conditions: Mapping[str, str], asked: Mapping[str, str | None], limit: int
    ) -> list[Row]:
        given = {name: value for name, value in asked.items() if value is not None}
        text = " AND ".join(conditions[name] for name in given) or "true"
        return self._connection.execute(READS[statement].format(conditions=text), {**given, "limit": limit}).fetchall()

    def _ask(self, name: str, *columns: object) -> list[Row]:
        return self._cursor.execute(READS[name], columns).fetchall()


def _queued(run_id: str, function_id: str, column: str, has_begun: int, has_signals: int) -> QueuedRun:
    queueing = queueing_of_column(column)
    assert queueing is not None  # noqa: S101 -- the statement asks for nothing else
    return QueuedRun(run_id, function_id, queueing, bool(has_begun), bool(has_signals))
