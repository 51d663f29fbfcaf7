"""Policies agree with models of some lines, alone and in pairs, on both kinds of store."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from surestep.core.policies.batch import Batched
from surestep.core.policies.debounce import Debounced
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.order import Claim
from surestep.core.policies.rate_limit import Window
from surestep.core.records import ENDED, RunCompleted, RunStatus
from surestep.storage.memory import MemoryStore
from surestep.storage.port import Checkpoint, NewEvent, NewRun, RunQuery, Store, StoredEvent
from surestep.storage.sqlite import SqliteStore
from surestep_dsl.flow import Singleton, SingletonMode


@dataclass(frozen=True)
class Arrival:
    """An event, so many milliseconds after the one before."""

    after_ms: int
    key: str
    late_ms: int
    id: str


@dataclass
class ModelRun:
    at_ms: int
    key: str
    events: list[int]
    ts_ms: int
    start_ms: int
    skipped: bool = False


@dataclass
class Model:
    """What comes of arrivals, by looking at all runs each time. Runs end 20 ms after they begin."""

    policies: tuple[str, ...]
    runs: list[ModelRun] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def arrive(self, number: int, now_ms: int, arrival: Arrival) -> None:
        duplicate = "once" in self.policies and arrival.id in self.ids
        mine = [run for run in self.runs if run.key == arrival.key and not run.skipped]
        ts_ms = now_ms - arrival.late_ms
        run = ModelRun(now_ms, arrival.key, [number], ts_ms, now_ms)
        open_runs = [one for one in mine if one.start_ms > now_ms]
        if "batch" in self.policies and open_runs:
            if not duplicate:
                open_runs[0].events.append(number)
                self.ids.add(arrival.id)
                if len(open_runs[0].events) == 3:
                    open_runs[0].start_ms = now_ms
            return
        if "batch" in self.policies:
            run.start_ms = now_ms + 50
        if "limit" in self.policies and len([one for one in mine if one.at_ms > now_ms - 100]) >= 2:
            run.skipped = True
        elif "debounce" in self.policies and open_runs:
            if ts_ms >= open_runs[0].ts_ms and not duplicate:
                open_runs[0].events, open_runs[0].ts_ms = [number], ts_ms
                open_runs[0].start_ms = min(now_ms + 30, open_runs[0].at_ms + 70)
                self.ids.add(arrival.id)
            return
        elif "single" in self.policies and any(one.start_ms + 20 > now_ms for one in mine):
            run.skipped = True
        elif "debounce" in self.policies:
            run.start_ms = now_ms + 30
        if duplicate:
            return
        if not run.skipped:
            self.ids.add(arrival.id)
        self.runs.append(run)


_CLAIMS: dict[str, Callable[[Arrival, int], Claim]] = {
    "batch": lambda arrival, _: Claim(Batched(3, 50, 1), f"b {arrival.key}"),
    "limit": lambda arrival, _: Claim(Window("rate_limit", 2, 100), f"w {arrival.key}"),
    "debounce": lambda arrival, now_ms: Claim(Debounced(30, 70, now_ms, now_ms - arrival.late_ms), f"d {arrival.key}"),
    "single": lambda arrival, _: Claim(Singleton(SingletonMode.SKIP), f"s {arrival.key}"),
    "once": lambda arrival, _: Claim(Deduplication(), f"o {arrival.id}"),
}
_REFUSED = {("batch", "debounce"), ("batch", "single")}  # a spec with both is refused
_SETS = [
    chosen
    for count in (1, 2, 3)
    for chosen in combinations(_CLAIMS, count)
    if not any(set(pair) <= set(chosen) for pair in _REFUSED)
]


class Life:
    """A store whose runs begin when they may and end 20 ms later."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ends: dict[str, int] = {}
        self.starts: dict[str, int] = {}

    async def pass_time(self, from_ms: int, to_ms: int) -> None:
        """First what ends, then what begins, at each instant."""
        for now_ms in range(from_ms + 1, to_ms + 1):
            for run_id in [run_id for run_id, end_ms in self.ends.items() if end_ms == now_ms]:
                await self.store.commit(Checkpoint(run_id, 0, (RunCompleted(now_ms, b"1"),), RunStatus.COMPLETED))
            for stored in (await self.store.fire_timers(now_ms, 1_000)).let_go:
                self.begin(stored.row.run_id, now_ms)

    def begin(self, run_id: str, now_ms: int) -> None:
        self.starts[run_id], self.ends[run_id] = now_ms, now_ms + 20

    async def arrive(self, number: int, now_ms: int, arrival: Arrival, policies: Sequence[str]) -> None:
        event = StoredEvent(f"e{number:03}", "x", b"1", arrival.id, now_ms - arrival.late_ms, now_ms)
        claims = tuple(_CLAIMS[name](arrival, now_ms) for name in policies)
        run = NewRun(f"r{number:03}", "f", (event.event_id,), now_ms, now_ms, claims=claims)
        appended = await self.store.append_events([NewEvent(event, (run,))])
        for new in appended.runs:
            self.begin(new.run_id, now_ms)
        for stored in appended.let_go:
            self.begin(stored.row.run_id, now_ms)
        assert appended.deliveries == ()

    async def found(self) -> list[tuple[list[int], int | None]]:
        rows = await self.store.list_runs(RunQuery(limit=1_000))
        assert all(row.status in ENDED for row in rows)
        return [([int(e[1:]) for e in row.event_ids], self.starts.get(row.run_id)) for row in reversed(rows)]


async def _check(store: Store, policies: tuple[str, ...], arrivals: list[Arrival]) -> None:
    model, life, now_ms = Model(policies), Life(store), 1_000
    for number, arrival in enumerate(arrivals):
        await life.pass_time(now_ms, now_ms + arrival.after_ms)
        now_ms += arrival.after_ms
        await life.arrive(number, now_ms, arrival, policies)
        model.arrive(number, now_ms, arrival)
    await life.pass_time(now_ms, now_ms + 200)
    assert await life.found() == [(run.events, None if run.skipped else run.start_ms) for run in model.runs]


async def _check_both(policies: tuple[str, ...], arrivals: list[Arrival]) -> None:
    await _check(MemoryStore(lambda *_: False), policies, arrivals)
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteStore.open(Path(folder) / "store.db", matches=lambda *_: False, synchronous="normal")
        try:
            await _check(store, policies, arrivals)
        finally:
            await store.close()


_arrivals = st.builds(
    Arrival,
    st.sampled_from([0, 1, 10, 20, 29, 30, 31, 50, 70, 99, 100]),
    st.sampled_from("aab"),
    st.sampled_from([0, 0, 0, 15, 40]),
    st.sampled_from("uvwxyz"),
)


@pytest.mark.parametrize("policies", _SETS, ids=" ".join)
@settings(max_examples=8, deadline=None)
@given(st.lists(_arrivals, max_size=12))
def test_what_is_created_skipped_and_joined_is_what_the_model_says(
    policies: tuple[str, ...], arrivals: list[Arrival]
) -> None:
    asyncio.run(_check_both(policies, arrivals))
