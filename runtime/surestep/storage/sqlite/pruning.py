"""Finds what is too old or too many, and deletes it.

Finding reads, in its own time. Deleting is short, and asks again whether a run has ended and whether an event is
needed, for time has passed.
"""

import json

import apsw

from surestep.storage.pruning import Candidate, Prunable, PruneQuery, Stored, choose
from surestep.storage.sqlite.rows import Row
from surestep.storage.sqlite.statements import READS, WRITES

__all__ = ["count_stored", "delete_pruned", "find_prunable"]


def count_stored(connection: apsw.Connection) -> Stored:
    """How many finished runs and events there are."""
    row: Row = connection.execute(READS["count_stored"]).fetchall()[0]
    return Stored(*row)


def find_prunable(connection: apsw.Connection, query: PruneQuery) -> Prunable:
    """The oldest runs and events that may go."""
    runs = (Candidate(*row) for row in connection.execute(READS["finished_runs"], (query.after_run,)))
    if chosen := tuple(choose(runs, query.before_ms, query.surplus_runs, query.rows)):
        return Prunable(runs=chosen)
    asked = (query.after_event, query.until_event)
    events = (Candidate(*row) for row in connection.execute(READS["events_to_prune"], asked))
    return Prunable(events=tuple(choose(events, query.before_ms, query.surplus_events, query.rows)))


def delete_pruned(cursor: apsw.Cursor, found: Prunable, now_ms: int) -> Prunable:
    """Delete within the open transaction; returns what has gone. Places in flow control that have ended go, too."""
    runs = tuple(run_id for run_id in found.runs if _delete_run(cursor, run_id))
    events = tuple(event_id for event_id in found.events if cursor.execute(WRITES["prune_event"], (event_id,)).get)
    cursor.execute(WRITES["prune_places"], (now_ms,))
    return Prunable(runs, events)


def _delete_run(cursor: apsw.Cursor, run_id: str) -> bool:
    event_ids: str | None = cursor.execute(WRITES["prune_run"], (run_id,)).get
    if event_ids is None:
        return False
    cursor.execute(WRITES["prune_records"], (run_id,))
    cursor.executemany(WRITES["drop_trigger"], [(event_id, run_id) for event_id in json.loads(event_ids)])
    return True
