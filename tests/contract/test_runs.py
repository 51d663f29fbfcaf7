import pytest
from tests.contract.conftest import STARTED, Reopen, commit, end, event, run, signals, start

from surestep.core.records import ENDED, RunStatus
from surestep.core.signals import CancelAsked, ReleaseAsked
from surestep.errors import StoreError
from surestep.storage.port import Checkpoint, NewEvent, RunQuery, Store


async def test_an_unknown_run_is_not_found(store: Store) -> None:
    assert await store.load_run("nowhere") is None


async def test_a_signal_is_kept_until_it_is_consumed(store: Store, reopen: Reopen) -> None:
    await start(store, "r1")

    delivery = await store.signal("r1", CancelAsked("enough"))

    store = await reopen()
    loaded = await store.load_run("r1")
    assert loaded is not None
    assert loaded.deliveries == (delivery,)
    assert await store.ready_runs() == ("r1",)


async def test_signals_have_growing_numbers_and_come_in_order(store: Store) -> None:
    await start(store, "r1")
    first = await store.signal("r1", CancelAsked("a"))
    second = await store.signal("r1", ReleaseAsked())

    assert first is not None
    assert second is not None
    assert first.number < second.number
    assert await signals(store, "r1") == [CancelAsked("a"), ReleaseAsked()]


async def test_runs_that_ended_or_never_were_cannot_be_told_anything(store: Store) -> None:
    await start(store, "r1")
    await end(store, "r1")

    assert await store.signal("r1", ReleaseAsked()) is None
    assert await store.signal("nowhere", ReleaseAsked()) is None


async def test_ready_are_the_queued_the_running_and_those_with_signals(store: Store, reopen: Reopen) -> None:
    for run_id in ("r9", "r8", "r7", "r6", "r5"):
        await start(store, run_id)
    await store.append_events([NewEvent(event("e1"), (run("r2", "e1"), run("r1", "e1", start_at_ms=9_000)))])
    await commit(store, "r9", 1, status=RunStatus.RUNNING)
    await commit(store, "r8", 1, status=RunStatus.BLOCKED)
    await store.signal("r8", ReleaseAsked())
    await commit(store, "r7", 1, status=RunStatus.BLOCKED)
    await end(store, "r6")

    assert await store.ready_runs() == ("r2", "r8", "r9")
    assert await (await reopen()).ready_runs() == ("r2", "r8", "r9")


@pytest.mark.parametrize("status", sorted(set(RunStatus) - {RunStatus.QUEUED, RunStatus.RUNNING}))
async def test_runs_that_wait_or_ended_are_not_ready(store: Store, status: RunStatus) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, status=status)

    assert await store.ready_runs() == ()


async def _fill(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"))])
    runs = [("r3", "a"), ("r1", "b"), ("r4", "a"), ("r2", "a"), ("r5", "b")]
    await store.append_events([NewEvent(event("e2"), tuple(run(r, "e2", function_id=f) for r, f in runs))])
    await end(store, "r3", first_seq=0)
    await end(store, "r5", first_seq=0, status=RunStatus.FAILED)
    await store.commit(Checkpoint("r4", 0, (STARTED,), RunStatus.WAITING))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (RunQuery(), ["r5", "r4", "r3", "r2", "r1"]),
        (RunQuery(limit=2), ["r5", "r4"]),
        (RunQuery(limit=2, before="r4"), ["r3", "r2"]),
        (RunQuery(before="r1"), []),
        (RunQuery(limit=0), []),
        (RunQuery(function_id="a"), ["r4", "r3", "r2"]),
        (RunQuery(function_id="a", before="r4", limit=1), ["r3"]),
        (RunQuery(function_id="c"), []),
        (RunQuery(status=RunStatus.QUEUED), ["r2", "r1"]),
        (RunQuery(status=RunStatus.FAILED), ["r5"]),
        (RunQuery(status=RunStatus.QUEUED, function_id="b"), ["r1"]),
        (RunQuery(event_id="e2", limit=3), ["r5", "r4", "r3"]),
        (RunQuery(event_id="e2", function_id="b", status=RunStatus.FAILED, before="r9"), ["r5"]),
        (RunQuery(event_id="e1"), []),
    ],
)
async def test_runs_are_listed_newest_first(store: Store, query: RunQuery, expected: list[str]) -> None:
    await _fill(store)

    assert [row.run_id for row in await store.list_runs(query)] == expected


async def test_a_listed_run_is_the_row_of_the_loaded_run(store: Store, reopen: Reopen) -> None:
    await _fill(store)
    store = await reopen()

    for row in await store.list_runs(RunQuery()):
        loaded = await store.load_run(row.run_id)
        assert loaded is not None
        assert loaded.row == row
        assert (row.ended_at_ms is not None) == (row.status in ENDED)


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()

    for call in (
        store.append_events([NewEvent(event("e1"))]),
        store.commit(Checkpoint("r1", 0, ())),
        store.fire_timers(1, 1),
        store.signal("r1", ReleaseAsked()),
        store.next_due_ms(),
        store.ready_runs(),
        store.load_run("r1"),
        store.list_runs(RunQuery()),
        store.list_events(),
    ):
        with pytest.raises(StoreError, match="closed"):
            await call


async def test_closing_twice_is_closing_once(store: Store) -> None:
    await store.close()
    await store.close()
