"""Whether a file is sound: SQLite's own check, and what must hold between the rows of a store."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from surestep.core.records import ENDED, Record, RunStatus
from surestep.core.state import RunState, evolve
from surestep.errors import StoreError
from surestep.storage.payloads import Payloads
from surestep.storage.sqlite.pruning import count_stored
from surestep.storage.sqlite.rows import Row, record_of_row
from surestep.storage.sqlite.statements import READS

__all__ = ["Inspection", "inspect_store"]

_FAULTS_SHOWN = 100
"""Of one kind: enough to see what happened, few enough to be read."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found at one moment.

    Attributes:
        are_histories_read: False where they are sealed and a key is missing.
        faults: sentences; none for a sound file.
    """

    schema: int
    live_runs: int
    finished_runs: int
    events: int
    are_histories_read: bool
    faults: tuple[str, ...]


def inspect_store(connection: apsw.Connection, payloads: Payloads, keys: frozenset[str]) -> Inspection:
    """Look at everything, at one moment; an engine may go on writing meanwhile.

    Args:
        connection: to the file.
        payloads: opens what is sealed.
        keys: ids of the keys that it can do so with.
    """
    connection.execute("BEGIN")
    try:
        faults = [text for (text,) in connection.execute(f"PRAGMA integrity_check({_FAULTS_SHOWN})") if text != "ok"]
        missing = sorted({key_id for (key_id,) in connection.execute(READS["keys"])} - keys)
        if not faults:
            faults += [text for (text,) in connection.execute(READS["strays"], (_FAULTS_SHOWN,))]
            faults += list(_find_wrong_histories(connection, payloads)) if not missing else []
            faults += [f"there are values sealed with key {key_id}, which is not given" for key_id in missing if keys]
        stored = count_stored(connection)
        every = connection.execute("SELECT count(*) FROM runs").get
        schema = connection.pragma("user_version")
    finally:
        connection.execute("COMMIT")
    return Inspection(
        schema, every - stored.finished_runs, stored.finished_runs, stored.events, not missing, tuple(faults)
    )


def _find_wrong_histories(connection: apsw.Connection, payloads: Payloads) -> Iterator[str]:
    for run_id, status, count in connection.execute(READS["runs_to_inspect"]):
        rows: list[Row] = connection.execute(READS["numbered_records_of_run"], (run_id,)).fetchall()
        if [seq for seq, *_ in rows] != list(range(count)):
            yield f"run {run_id} has {len(rows)} records with gaps or surplus, and should have {count}"
            continue
        try:
            records = [record_of_row(run_id, seq, tuple(row), payloads) for seq, *row in rows]
        except StoreError as error:
            yield f"run {run_id} cannot be read: {error}"
            continue
        end = _end_of(records)
        expected = RunStatus(status) if status in {*ENDED, RunStatus.BLOCKED} else None
        if end is not expected:
            yield f"run {run_id} is {status}, and its history says {end or 'that it goes on'}"


def _end_of(records: list[Record]) -> RunStatus | None:
    return functools.reduce(evolve, records, RunState()).end
