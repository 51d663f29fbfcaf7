"""A machine that crashes: what it leaves behind, and one life of an engine on it after the other."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from tests.behaviour.conftest import LastingStore

from surestep import Event, Registry
from surestep.engines.waiters import waiter_matches
from surestep.storage.port import Store
from surestep.storage.sqlite import SqliteStore
from surestep.testing import Bench, VirtualClock
from surestep.testing.faults import FaultyStore, InjectedFaultError

When: TypeAlias = Literal["before", "after"]

NEVER = 1_000_000


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

    async def run_once(self, fail_at: int, when: When) -> bool:
        """One life of the engine; whether it ended in the crash."""
        store = FaultyStore(await self.open(), fail_at=fail_at, when=when)
        bench = Bench(self.registry, store=store, clock=self.clock, cached_turns=0)
        async with asyncio.timeout(20):
            try:
                await bench.__aenter__()
            except InjectedFaultError:
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
