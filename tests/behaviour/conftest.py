"""What every behaviour test gets: an app made by hand, on each kind of store, with handlers kept and with none kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from typing_extensions import override

from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler, HandlerCallable, Role
from surestep.core.records import RunStatus
from surestep.engines.replaying import App
from surestep.engines.waiters import waiter_matches
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.memory import MemoryStore
from surestep.storage.port import Store, StoredRun
from surestep.storage.sqlite import SqliteStore
from surestep.testing import Bench, InlineRegistry, VirtualClock
from surestep.testing.replay_finished import check_finished, find_finished, load_finished
from surestep_dsl.flow import Backoff, EventTrigger, FunctionOptions, Retries, Trigger

TWICE = Retries(1, Backoff(1_000, factor=1, jitter_ms=0))
"""One retry, a second later."""

ONCE = Retries(0)

START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z, where the virtual clock starts


_PATIENCE_S = 180.0
"""Real time; what hangs must fail."""


class OrderData(Data, frozen=True):
    order_id: str = "o-1"
    amount: int = 0


class Placed(Event, frozen=True):
    name: Literal["order/placed"] = "order/placed"
    data: OrderData = OrderData()


class Paid(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: OrderData = OrderData()


class Withdrawn(Event, frozen=True):
    name: Literal["order/withdrawn"] = "order/withdrawn"
    data: OrderData = OrderData()


class LastingStore(MemoryStore):
    """A memory store that survives its engine, as a file would."""

    @override
    async def close(self) -> None:
        return


def handles(
    *events: type[Event],
    function_id: str | None = None,
    triggers: tuple[Trigger, ...] | None = None,
    result: object = None,
    takes: object = None,
    **options: Any,
) -> Callable[[HandlerCallable], Handler]:
    """Declare a function and bind its handler in one go; its id is the handler's name."""

    def bind(call: HandlerCallable) -> Handler:
        name = function_id or call.__name__.replace("_", "-")
        names = (str(event.model_fields["name"].default) for event in events)
        found = tuple(EventTrigger(each) for each in names) if triggers is None else triggers
        declared = FunctionOptions(name, triggers=found, **options)
        return Handler(Function(declared, events=events, input_type=takes, result_type=result), call)

    return bind


def also(handler: Handler, role: Role) -> Callable[[HandlerCallable], Handler]:
    """Bind a second handler of a function."""
    return lambda call: Handler(handler.function, call, role)


@dataclass
class World:
    """A store, a clock, and the engines that come and go on them."""

    path: Path
    cached_turns: int
    on_disk: bool
    clock: VirtualClock = field(default_factory=VirtualClock)
    memory: MemoryStore = field(default_factory=lambda: LastingStore(waiter_matches))
    events: tuple[type[Event], ...] = (Placed, Paid, Withdrawn)
    finished: list[tuple[App, list[StoredRun]]] = field(default_factory=list)

    async def open(self) -> Store:
        """The store as a new process would find it."""
        if not self.on_disk:
            return self.memory
        return await SqliteStore.open(self.path, matches=waiter_matches, synchronous="normal")

    @asynccontextmanager
    async def run(self, *handlers: Handler, guard: GuardMode = GuardMode.STRICT) -> AsyncIterator[Bench]:
        """An engine with these handlers. Entering again is a restart."""
        registry = InlineRegistry("shop", self.events, handlers)
        store = await self.open()
        known = await find_finished(store)
        bench = Bench(
            registry,
            store=store,
            clock=self.clock,
            cached_turns=self.cached_turns,
            guard=guard,
            shadow_replay=False,
        )
        async with asyncio.timeout(_PATIENCE_S), bench:
            yield bench
            if guard is not GuardMode.OFF:  # without it, handlers may do what needs a running loop
                app = App(registry, registry.load_functions(), Guard(guard).resume)
                self.finished.append((app, await load_finished(store, known)))

    async def crash(self, bench: Bench) -> None:
        """End an engine as `kill -9` would: nothing in progress is committed."""
        await bench.engine.close(at_once=True)


@pytest.fixture(params=["memory-kept", "memory-replayed", "sqlite-kept"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Handlers of tests take notes, so what they have finished is replayed when the test has looked at these."""
    kind: str = request.param
    world = World(tmp_path / "store.db", 16 if kind.endswith("kept") else 0, kind.startswith("sqlite"))
    yield world
    for app, runs in world.finished:
        check_finished(app, runs)


async def status_of(bench: Bench, function_id: str | None = None) -> RunStatus:
    """How the only run stands."""
    return (await bench.run(function_id)).run.status


async def result_of(bench: Bench, function_id: str | None = None) -> object:
    """What the only run returned."""
    run = await bench.run(function_id)
    assert run.run.status is RunStatus.COMPLETED, run.error
    return run.result


async def error_of(bench: Bench, function_id: str | None = None) -> tuple[str, str]:
    """Name and message of the error with which the only run failed."""
    run = await bench.run(function_id)
    assert run.run.status is RunStatus.FAILED, run
    assert run.error is not None
    return run.error.name, run.error.message


def skip_time(seconds: float) -> None:
    """Put the loop's own clock forward, by which attempts time out: nobody waits, and a slow machine does no harm."""
    loop: Any = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds


async def settle(bench: Bench) -> None:
    """Until whatever follows is stored, while bodies are in progress: a write is answered after those before it."""
    for _ in range(8):
        for _ in range(25):
            await asyncio.sleep(0)
        await bench.store.set_pause("nobody", None)
