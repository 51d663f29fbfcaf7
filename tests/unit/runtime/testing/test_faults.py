import pytest

from surestep.core.signals import ReleaseAsked
from surestep.storage.memory import MemoryStore
from surestep.storage.port import NewEvent, StoredEvent
from surestep.testing.faults import FaultyStore, InjectedFaultError


def _event(event_id: str) -> list[NewEvent]:
    return [NewEvent(StoredEvent(event_id, "a", b"{}", event_id, 1, 1))]


async def _ids(store: FaultyStore) -> list[str]:
    return [event.event_id for event in await store.list_events()]


async def test_the_chosen_write_fails_with_nothing_written() -> None:
    store = FaultyStore(MemoryStore(lambda *_: True), fail_at=2, when="before")
    await store.append_events(_event("e1"))

    with pytest.raises(InjectedFaultError):
        await store.append_events(_event("e2"))

    assert await _ids(store) == ["e1"]


async def test_the_chosen_write_fails_with_all_written() -> None:
    store = FaultyStore(MemoryStore(lambda *_: True), fail_at=1, when="after")

    with pytest.raises(InjectedFaultError):
        await store.append_events(_event("e1"))

    assert await _ids(store) == ["e1"]


async def test_only_one_write_fails_and_reads_do_not_count() -> None:
    store = FaultyStore(MemoryStore(lambda *_: True), fail_at=2, when="before")
    assert (await store.ready_runs(), await store.next_due_ms(), await store.load_run("r")) == ((), None, None)
    assert await store.signal("r", ReleaseAsked()) is None
    with pytest.raises(InjectedFaultError):
        await store.fire_timers(1, 1)

    await store.append_events(_event("e1"))

    assert (store.writes, await _ids(store)) == (3, ["e1"])
