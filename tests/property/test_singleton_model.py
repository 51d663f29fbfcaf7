"""Singletons agree with a model of ten lines, whatever comes and ends in whatever order, on both kinds of store."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep.core.policies.order import Claim
from surestep.core.records import ENDED, RunCancelled, RunCompleted, RunStatus
from surestep.core.signals import CancelAsked
from surestep.storage.memory import MemoryStore
from surestep.storage.port import Checkpoint, NewEvent, NewRun, RunQuery, Store, StoredEvent
from surestep.storage.sqlite import SqliteStore
from surestep_dsl.flow import Singleton, SingletonMode

_arrivals = st.tuples(st.just("arrive"), st.sampled_from(SingletonMode), st.sampled_from("ab"))
_ends = st.tuples(st.just("end"), st.integers(0, 3), st.just(""))


class Model:
    """What should happen: per group the runs that live, oldest first."""

    def __init__(self) -> None:
        self.live: dict[str, list[str]] = {"a": [], "b": []}
        self.status: dict[str, RunStatus] = {}
        self.told: set[str] = set()

    def arrive(self, run_id: str, mode: SingletonMode, group: str) -> None:
        skipped = mode is SingletonMode.SKIP and self.live[group]
        self.status[run_id] = RunStatus.SKIPPED if skipped else RunStatus.QUEUED
        if not skipped:
            self.told.update(self.live[group])
            self.live[group].append(run_id)

    def end(self, run_id: str) -> RunStatus:
        status = RunStatus.CANCELLED if run_id in self.told else RunStatus.COMPLETED
        self.status[run_id] = status
        for runs in self.live.values():
            if run_id in runs:
                runs.remove(run_id)
        return status


async def _end(store: Store, run_id: str, status: RunStatus) -> None:
    record = RunCancelled(1, "why") if status is RunStatus.CANCELLED else RunCompleted(1, b"1")
    await store.commit(Checkpoint(run_id, 0, (record,), status))


async def _check(store: Store, calls: list[tuple[str, SingletonMode | int, str]]) -> None:
    model = Model()
    for number, (what, choice, group) in enumerate(calls):
        live = sorted(run_id for run_id, status in model.status.items() if status not in ENDED)
        if isinstance(choice, SingletonMode):
            event = StoredEvent(f"e{number:03}", "x", b"{}", "x", number, number)
            claim = Claim(Singleton(choice), group)
            run = NewRun(f"r{number:03}", "f", (event.event_id,), number, number, claims=(claim,))
            await store.append_events([NewEvent(event, (run,))])
            model.arrive(run.run_id, choice, group)
        elif live:
            run_id = live[choice % len(live)]
            await _end(store, run_id, model.end(run_id))
        rows = await store.list_runs(RunQuery(limit=1_000))
        assert {row.run_id: row.status for row in rows} == model.status, what
        told = {row.run_id for row in rows if row.status not in ENDED and await _is_told(store, row.run_id)}
        assert told == {run_id for run_id in model.told if model.status[run_id] not in ENDED}


async def _is_told(store: Store, run_id: str) -> bool:
    stored = await store.load_run(run_id)
    return stored is not None and any(isinstance(one.signal, CancelAsked) for one in stored.deliveries)


async def _check_both(calls: list[tuple[str, SingletonMode | int, str]]) -> None:
    await _check(MemoryStore(lambda *_: False), calls)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = await SqliteStore.open(path, matches=lambda *_: False, synchronous="normal")
        try:
            await _check(store, calls)
        finally:
            await store.close()


@settings(max_examples=enough(40), deadline=None)
@given(st.lists(_arrivals | _ends, max_size=25))
def test_at_most_one_run_per_group_lives_untold(calls: list[tuple[str, SingletonMode | int, str]]) -> None:
    asyncio.run(_check_both(calls))
