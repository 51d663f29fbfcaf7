"""A machine that crashes: what it leaves behind, and one life of an engine on it after the other."""

import asyncio
import contextlib
import functools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from tests.behaviour.conftest import LastingStore

from surestep import Event, Registry
from surestep.core.records import ENDED, RunStatus, StepFailed, StepSucceeded
from surestep.core.state import RunState, evolve
from surestep.engines.bodies import Bodies
from surestep.engines.views import run_detail
from surestep.engines.waiters import waiter_matches
from surestep.errors import StoreError
from surestep.storage.port import RunQuery, Store, StoredRun
from surestep.storage.sqlite import SqliteStore
from surestep.testing import Bench, VirtualClock
from surestep.testing.faults import FaultyStore, InjectedFaultError

End: TypeAlias = tuple[str, RunStatus, str]
When: TypeAlias = Literal["before", "after"]

NEVER = 1_000_000

_PATIENCE_S = 180.0
"""Real time; what hangs must fail."""


@dataclass
class Machine:
    """What a crash leaves behind: the store, the clock, and what the client was told.

    Attributes:
        path: of an SQLite store; None for a memory store that survives.
        sent: what the client sends, each after a pause.
    """

    path: Path | None
    registry: Registry
    sent: tuple[tuple[str, Event], ...]
    clock: VirtualClock = field(default_factory=VirtualClock)
    memory: LastingStore = field(default_factory=lambda: LastingStore(waiter_matches))
    accepted: list[str] = field(default_factory=list)

    async def open(self) -> Store:
        if self.path is None:
            return self.memory
        return await SqliteStore.open(self.path, matches=waiter_matches, synchronous="normal")

    async def live(self, bench: Bench) -> None:
        """What the client does, from where it was; then everything runs to its end."""
        for pause, event in self.sent[len(self.accepted) :]:
            await bench.advance(pause)
            self.accepted += await bench.send(event)
        await bench.finish("2h")

    def weather(self, store: Store, fail_at: int, when: When) -> FaultyStore:
        """What the store suffers."""
        return FaultyStore(store, fail_at=fail_at, when=when)

    async def run_once(self, fail_at: int, when: When) -> bool:
        """One life of the engine; whether it ended in the crash."""
        store = self.weather(await self.open(), fail_at, when)
        bench = Bench(self.registry, store=store, clock=self.clock, cached_turns=0)
        async with asyncio.timeout(_PATIENCE_S):
            try:
                await bench.__aenter__()
            except StoreError:
                return True  # it did not even start
            living = asyncio.ensure_future(self.live(bench))
            while not living.done() and store.writes < fail_at:  # noqa: ASYNC110 -- the store sends no event
                await asyncio.sleep(0)
            crashed = store.writes >= fail_at
            if crashed:
                living.cancel()
            with contextlib.suppress(asyncio.CancelledError, InjectedFaultError):
                await living
            await bench.engine.close(at_once=True)
        return crashed


@dataclass
class Watched(Machine):
    """A machine that counts how often each body began, and how often it had when its result was seen stored."""

    begun: Counter[str] = field(default_factory=Counter)
    settled: dict[str, int] = field(default_factory=dict)

    async def inspect(self) -> list[End]:
        """Check what must hold at any time; returns how the runs stand."""
        store = await self.open()
        events = {event.event_id for event in await store.list_events(limit=1_000)}
        assert events >= set(self.accepted), "an accepted event is lost"
        found: list[End] = []
        for row in await store.list_runs(RunQuery(limit=1_000)):
            stored = await store.load_run(row.run_id)
            assert stored is not None
            self._check_run(stored)
            if row.status is not RunStatus.SKIPPED:  # what is sent again while a singleton runs is recorded so
                found.append((row.function_id, row.status, repr(run_detail(stored, {}).result)))
        await store.close()
        return sorted(found)

    def _check_run(self, stored: StoredRun) -> None:
        state = functools.reduce(evolve, stored.records, RunState())
        assert state.end == (stored.row.status if stored.row.status in ENDED else None)
        ended = [record for record in stored.records if isinstance(record, StepSucceeded | StepFailed)]
        assert len({record.key for record in ended}) == len(ended), "a wait has two outcomes"
        for record in ended:
            name = f"{stored.row.run_id} {record.key}"
            assert self.begun[name] == self.settled.setdefault(name, self.begun[name]), f"{name} ran again"


def count_bodies(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Bodies that begin, by run and step."""
    seen: Counter[str] = Counter()
    attempt = Bodies.attempt

    async def count_attempt(self: Bodies, *asked: Any, **how: Any) -> Any:
        task = asyncio.current_task()
        assert task is not None
        seen[task.get_name()] += 1
        return await attempt(self, *asked, **how)

    monkeypatch.setattr(Bodies, "attempt", count_attempt)
    return seen
