"""An engine on a virtual clock, to be watched step by step: sleeps take no time."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import pydantic_core

from surestep.authoring.events import Event
from surestep.authoring.registry import Registry
from surestep.authoring.step import outgoing_event
from surestep.authoring.times import duration_ms
from surestep.core.decisions import RunLimits
from surestep.core.records import ENDED, Record, RunStatus
from surestep.engines.api import RawEvent, RunDetail
from surestep.engines.clock import Entropy
from surestep.engines.determinism import Determinism
from surestep.engines.embedded import Engine
from surestep.engines.replaying import App
from surestep.engines.waiters import waiter_matches
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.memory import MemoryStore
from surestep.storage.port import RunQuery, Store
from surestep.testing.clock import VirtualClock
from surestep.testing.replay_finished import check_finished, find_finished, load_finished

__all__ = ["Bench"]

_STRICT: Final = Determinism()
_LIMITS: Final = RunLimits()


class Bench:
    """Runs an app under a virtual clock.

    Args:
        registry: the app.
        store: where it is kept; a fresh memory store unless given.
        clock: the time; a fresh virtual clock unless given.
        cached_turns: 0 replays handlers at every wake-up.
        guard: how closely handler code is watched.
        determinism: as for an engine.
        limits: likewise.
        shadow_replay: at the end each run that has finished is replayed and must do the same again.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        store: Store | None = None,
        clock: VirtualClock | None = None,
        cached_turns: int = 16,
        guard: GuardMode = GuardMode.STRICT,
        determinism: Determinism = _STRICT,
        shadow_replay: bool = True,
        limits: RunLimits = _LIMITS,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.store: Store = store or MemoryStore(waiter_matches)
        self.engine = Engine(
            registry=registry,
            store=self.store,
            clock=self.clock,
            entropy=Entropy(seed=1),
            cached_turns=cached_turns,
            guard=guard,
            determinism=determinism,
            limits=limits,
        )
        self._registry = registry
        self._resume = Guard(guard).resume
        self._shadow_replay = shadow_replay
        self._finished_before: set[str] = set()

    async def __aenter__(self) -> Self:
        self._finished_before = await find_finished(self.store)
        await self.engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._shadow_replay:
                app = App(self._registry, self._registry.load_functions(), self._resume)
                check_finished(app, await load_finished(self.store, self._finished_before))
        finally:
            await self.engine.close(at_once=kind is not None)

    async def send(self, *events: Event) -> list[str]:
        """Send events and let everything happen that can happen without time passing. Returns their ids."""
        raw = []
        for event in events:
            outgoing = outgoing_event(event)
            data = pydantic_core.from_json(outgoing.data)
            raw.append(RawEvent(outgoing.name, data, outgoing.id, outgoing.ts_ms, outgoing.v))
        ids = await self.engine.send(raw)
        await self._settle()
        return ids

    async def advance(self, duration: str) -> None:
        """Let time pass, stopping at each instant at which something is due."""
        target_ms = self.clock.now_ms() + duration_ms(duration)
        await self._settle()
        while (due_at_ms := self.clock.next_due_ms) is not None and due_at_ms <= target_ms:
            await self.clock.advance_to(due_at_ms)
            await self._settle()
        await self.clock.advance_to(target_ms)
        await self._settle()

    async def finish(self, limit: str = "366d") -> None:
        """Let time pass until every run has ended or is blocked, at most `limit`."""
        deadline_ms = self.clock.now_ms() + duration_ms(limit)
        await self._settle()
        while await self._live() and (due_at_ms := self.clock.next_due_ms) is not None and due_at_ms <= deadline_ms:
            await self.clock.advance_to(due_at_ms)
            await self._settle()

    async def runs(self, function_id: str | None = None) -> list[RunDetail]:
        """All runs, oldest first."""
        rows = await self.store.list_runs(RunQuery(function_id=function_id, limit=10_000))
        details = [await self.engine.show_run(row.run_id, reveal=True) for row in reversed(rows)]
        return [detail for detail in details if detail is not None]

    async def run(self, function_id: str | None = None) -> RunDetail:
        """The only run there is.

        Raises:
            AssertionError: there are none or several.
        """
        found = await self.runs(function_id)
        if len(found) != 1:
            raise AssertionError(f"expected one run, found {[one.run.function_id for one in found]}")
        return found[0]

    async def history(self, run_id: str) -> Sequence[Record]:
        """The records of a run."""
        stored = await self.store.load_run(run_id)
        return () if stored is None else stored.records

    async def _settle(self) -> None:
        """Until nothing can happen without time passing: idle, and still idle when all sleepers have lain down."""
        for _ in range(3):
            await self.engine.idle()
            await asyncio.sleep(0)

    async def _live(self) -> bool:
        rows = await self.store.list_runs(RunQuery(limit=10_000))
        return any(row.status not in {*ENDED, RunStatus.BLOCKED} for row in rows)
