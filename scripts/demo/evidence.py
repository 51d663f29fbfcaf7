"""The two records that are held against each other: what the engine has stored, and what the step bodies wrote down.

Different code keeps them in different files. They are read only while no engine runs, so nothing depends on timing:
"finished before the kill" is what the store says after the kill and before the restart.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scripts.demo.problem import DemoError

from surestep.core.commands import StepKey
from surestep.core.records import StepAttemptFailed, StepFailed, StepSucceeded
from surestep.core.values import fingerprint_of
from surestep.storage.port import RunQuery, StoredEvent, StoredRun
from surestep.storage.sqlite import SqliteStore

__all__ = ["Body", "Entry", "Evidence", "Progress", "collect_evidence", "find_bodies", "read_ledger"]


class Body(NamedTuple):
    """Who a step body is, in words that both sides use: the step's id and a fingerprint of the arguments."""

    step_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: a body's `start`, `end` or `error`. `words` are the texts among its arguments."""

    what: str
    body: Body
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """What the store says about a body: in which run, and how many of its attempts have a stored end."""

    run_id: str
    attempts: int
    is_finished: bool
    has_result: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known at one moment at which no engine ran.

    Attributes:
        events: by id.
        runs: by id, with their histories.
        bodies: all bodies that the store knows of.
        ledger: all lines so far, in the order of writing.
    """

    events: dict[str, StoredEvent]
    runs: dict[str, StoredRun]
    bodies: dict[Body, Progress]
    ledger: tuple[Entry, ...]


async def collect_evidence(store: Path, ledger: Path) -> Evidence:
    """Read the ledger, and a copy of a store that nobody has open: the real one stays as the kill left it."""
    scratch = store.with_name("evidence")
    scratch.mkdir()
    try:
        for path in (store, store.with_name(f"{store.name}-wal")):
            if path.exists():
                shutil.copyfile(path, scratch / path.name)
        copy = await SqliteStore.open(scratch / store.name, matches=lambda _waiter, _event: False)
        try:
            events, runs = await _read_events(copy), await _read_runs(copy)
        finally:
            await copy.close()
    finally:
        shutil.rmtree(scratch)
    return Evidence(events, runs, find_bodies(runs), read_ledger(ledger))


def read_ledger(path: Path) -> tuple[Entry, ...]:
    """All lines of a ledger.

    Raises:
        DemoError: a line is damaged; then an execution may be missing, and nothing can be concluded.
    """
    try:
        return tuple(_entry(json.loads(line)) for line in path.read_text().splitlines())
    except (OSError, ValueError, KeyError) as error:
        raise DemoError(f"the ledger {path} cannot be read: {error!r}") from None


def _entry(line: dict[str, object]) -> Entry:
    args = line["args"]
    words = frozenset(word for word in args if isinstance(word, str)) if isinstance(args, list) else frozenset()
    return Entry(str(line["what"]), Body(str(line["step"]), fingerprint_of(args, line["kwargs"])), words)


async def _read_events(store: SqliteStore) -> dict[str, StoredEvent]:
    events: dict[str, StoredEvent] = {}
    before: str | None = None
    while page := await store.list_events(before=before, limit=1000):
        events.update((event.event_id, event) for event in page)
        before = page[-1].event_id
    return events


async def _read_runs(store: SqliteStore) -> dict[str, StoredRun]:
    runs: dict[str, StoredRun] = {}
    before: str | None = None
    while page := await store.list_runs(RunQuery(before=before, limit=1000)):
        for row in page:
            run = await store.load_run(row.run_id)
            if run is not None:
                runs[row.run_id] = run
        before = page[-1].run_id
    return runs


def find_bodies(runs: dict[str, StoredRun]) -> dict[Body, Progress]:
    """All bodies with a stored end of an attempt.

    Raises:
        DemoError: two steps have equal ids and arguments; then the two records cannot be compared.
    """
    found: dict[Body, Progress] = {}
    owners: dict[Body, tuple[str, StepKey]] = {}
    for run_id, run in runs.items():
        for record in run.records:
            match record:
                case StepSucceeded(kind="run"):
                    progress = Progress(run_id, record.attempts, is_finished=True, has_result=True)
                case StepFailed(kind="run"):
                    progress = Progress(run_id, record.attempts, is_finished=True, has_result=False)
                case StepAttemptFailed():
                    progress = Progress(run_id, record.attempt + 1, is_finished=False, has_result=False)
                case _:
                    continue
            body = Body(record.key.id, record.fingerprint)
            found[body] = progress
            if owners.setdefault(body, (run_id, record.key)) != (run_id, record.key):
                raise DemoError(f"two steps are both {body.step_id} with equal arguments, as in run {run_id}")
    return found
