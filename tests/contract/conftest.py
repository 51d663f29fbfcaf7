"""What every test of the contract gets: a store of each kind, a way to open it again, and short ways to say things."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest

from surestep.core.commands import StepKey
from surestep.core.records import Record, RunCompleted, RunStarted, RunStatus, StepSucceeded
from surestep.core.signals import Signal
from surestep.storage.keyring import Keyring
from surestep.storage.memory import MemoryStore
from surestep.storage.port import Checkpoint, NewEvent, NewRun, NewWaiter, Store, StoredEvent
from surestep.storage.sqlite import SqliteStore

Reopen: TypeAlias = Callable[[], Awaitable[Store]]

STARTED = RunStarted(2_000, "c0de")
COMPLETED = RunCompleted(3_000, b'"done"')
KEY = StepKey("wait")
KEY_TEXT = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="


def matches(waiter: NewWaiter, event: StoredEvent) -> bool:
    """The only condition these tests know: the event's data contain the text."""
    return (waiter.condition or "").encode() in event.data


@dataclass
class Stores:
    """Opens the store under test, again and again."""

    kind: str
    path: Path
    store: Store | None = None
    opened: list[Store] = field(default_factory=list)

    async def open(self) -> Store:
        """The store as a new process would find it. Memory has no new processes."""
        if self.kind == "memory":
            self.store = self.store or MemoryStore(matches)
        else:
            if self.store is not None:
                await self.store.close()
            keyring = Keyring(KEY_TEXT) if self.kind == "sealed" else None
            self.store = await SqliteStore.open(self.path, matches=matches, keyring=keyring)
        return self.store


@pytest.fixture(params=["memory", "sqlite", "sealed"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    found = Stores(request.param, tmp_path / "store.db")
    await found.open()
    yield found
    if found.store is not None:
        await found.store.close()


@pytest.fixture
async def store(stores: Stores) -> Store:
    assert stores.store is not None
    return stores.store


@pytest.fixture
async def reopen(stores: Stores) -> Reopen:
    return stores.open


def event(event_id: str, name: str = "order.created", data: bytes = b"{}", at_ms: int = 1_000) -> StoredEvent:
    return StoredEvent(event_id, name, data, event_id, at_ms, at_ms)


def run(run_id: str, *event_ids: str, function_id: str = "process", at_ms: int = 1_000, **more: object) -> NewRun:
    start_at_ms = more.pop("start_at_ms", at_ms)
    return NewRun(run_id, function_id, event_ids, at_ms, start_at_ms, **more)  # type: ignore[arg-type]


def waiter(run_id: str, key: StepKey | None = KEY, event_name: str = "payment", **more: object) -> NewWaiter:
    return NewWaiter(run_id, key, event_name, **more)  # type: ignore[arg-type]


def succeeded(value: bytes, key: StepKey = KEY, position: int = 0) -> StepSucceeded:
    return StepSucceeded(2_500, position, key, "run", "f1", 1, 2_400, value)


async def start(store: Store, run_id: str, function_id: str = "process") -> None:
    """A run that its event `e-<run_id>` has started and that has one record."""
    trigger = event(f"e-{run_id}")
    await store.append_events([NewEvent(trigger, (run(run_id, trigger.event_id, function_id=function_id),))])
    await store.commit(Checkpoint(run_id, 0, (STARTED,), RunStatus.WAITING))


async def end(store: Store, run_id: str, first_seq: int = 1, status: RunStatus = RunStatus.COMPLETED) -> None:
    await store.commit(Checkpoint(run_id, first_seq, (COMPLETED,), status))


async def commit(store: Store, run_id: str, first_seq: int, *records: Record, **more: object) -> list[Signal]:
    """Commits, and returns the signals it caused."""
    appended = await store.commit(Checkpoint(run_id, first_seq, records, **more))  # type: ignore[arg-type]
    return [delivery.signal for delivery in appended.deliveries]


async def signals(store: Store, run_id: str) -> list[Signal]:
    """What a run has been told and not taken note of."""
    loaded = await store.load_run(run_id)
    assert loaded is not None
    return [delivery.signal for delivery in loaded.deliveries]
