"""Who waits for an event, and which stored event answers a waiter, as statements of the open transaction."""

import json

import apsw

from surestep.core.signals import EventArrived
from surestep.storage.matched import is_satisfied, takers
from surestep.storage.payloads import Payloads
from surestep.storage.port import Matches, NewWaiter, StoredEvent
from surestep.storage.sqlite.rows import Row, delivery_of_row, event_of_row, waiter_of_row
from surestep.storage.sqlite.statements import WRITES
from surestep_dsl.expr import match_value_at

__all__ = ["Waiters"]


class Waiters:
    """Reads the table `waiters`."""

    def __init__(self, connection: apsw.Connection, matches: Matches, payloads: Payloads) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._matches = matches
        self._payloads = payloads
        self.unawaited: set[str] = set()

    def find(self, event: StoredEvent) -> list[tuple[int, NewWaiter]]:
        """Those that get this event, in the order they began to wait."""
        if event.name in self.unawaited:
            return []
        if not self._ask("has_waiters", event.name)[0][0]:
            self.unawaited.add(event.name)
            return []
        rows = self._ask("waiters_anywhere", event.name)
        if paths := self._ask("match_paths", event.name):
            data = json.loads(event.data)
            for (path,) in paths:
                rows += self._ask("waiters_at", event.name, path, match_value_at(data, path))
        waiters = [waiter_of_row(row, self._payloads) for row in rows]
        return takers([pair for pair in waiters if is_satisfied(pair[1], event, self._matches)])

    def look_back(self, waiter: NewWaiter) -> StoredEvent | None:
        """The oldest stored event that answers a waiter which asks for those before it."""
        if waiter.lookback_after is None:
            return None
        run_id = waiter.run_id
        under_way = [delivery_of_row(run_id, row, self._payloads) for row in self._ask("events_on_their_way", run_id)]
        signals = (delivery.signal for delivery in under_way)
        taken = {*waiter.consumed, *(signal.event_id for signal in signals if isinstance(signal, EventArrived))}
        for row in self._connection.execute(WRITES["events_since"], (waiter.event_name, waiter.lookback_after)):
            event = event_of_row(row, self._payloads)
            if event.event_id not in taken and is_satisfied(waiter, event, self._matches):
                return event
        return None

    def _ask(self, name: str, *columns: object) -> list[Row]:
        return self._cursor.execute(WRITES[name], columns).fetchall()
