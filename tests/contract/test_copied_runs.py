"""A run can begin with a history, and an event can be stored that nobody is told of."""

from tests.contract.conftest import KEY, Reopen, commit, event, run, signals, start, succeeded, waiter

from surestep.core.records import RunCopied, RunStarted, RunStatus
from surestep.storage.port import Checkpoint, NewEvent, Store

COPIED = (RunCopied(1_000, "r1", "second"), succeeded(b'{"a":1}'))


async def test_a_run_is_created_with_the_records_it_begins_with(store: Store, reopen: Reopen) -> None:
    appended = await store.append_events([NewEvent(event("e1"), (run("r2", "e1", records=COPIED),))])

    assert [created.records for created in appended.runs] == [COPIED]
    store = await reopen()
    loaded = await store.load_run("r2")
    assert loaded is not None
    assert (loaded.records, loaded.row.status, loaded.row.started_at_ms) == (COPIED, RunStatus.QUEUED, None)


async def test_its_checkpoints_go_on_behind_them(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r2", "e1", records=COPIED),))])

    await store.commit(Checkpoint("r2", 2, (RunStarted(3_000, "c0de"),), RunStatus.RUNNING))

    loaded = await store.load_run("r2")
    assert loaded is not None
    assert (loaded.records, loaded.row.started_at_ms) == ((*COPIED, RunStarted(3_000, "c0de")), 3_000)


async def test_a_copied_event_is_stored_and_satisfies_no_wait(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, waiters=(waiter("r1", KEY, "order.created"),))

    await store.append_events([NewEvent(event("e2"), (run("r2", "e2"),), is_copy=True)])

    assert await signals(store, "r1") == []
    assert [found.event_id for found in await store.list_events()] == ["e2", "e-r1"]
