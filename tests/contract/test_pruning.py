from tests.contract.conftest import COMPLETED, STARTED, end, event, run, start, waiter

from surestep.core.records import RunStatus, StepStarted
from surestep.core.signals import ReleaseAsked
from surestep.storage.port import Checkpoint, NewEvent, RunQuery, Store
from surestep.storage.pruning import Prunable, PruneQuery, Stored

LATE = 1_000_000
EVERYTHING = PruneQuery(LATE)


async def _run_ids(store: Store) -> set[str]:
    return {row.run_id for row in await store.list_runs(RunQuery(limit=100))}


async def _event_ids(store: Store) -> set[str]:
    return {stored.event_id for stored in await store.list_events(limit=100)}


async def _prune_all(store: Store, query: PruneQuery = EVERYTHING) -> None:
    while (found := await store.find_prunable(query)) != Prunable():
        assert await store.prune(found, LATE) == found


async def test_runs_go_first_and_then_the_events_that_started_them(store: Store) -> None:
    await start(store, "r1")
    await end(store, "r1")

    runs = await store.find_prunable(EVERYTHING)
    assert runs == Prunable(runs=("r1",))
    await store.prune(runs, LATE)
    events = await store.find_prunable(EVERYTHING)
    assert events == Prunable(events=("e-r1",))
    await store.prune(events, LATE)

    assert await store.load_run("r1") is None
    assert await _event_ids(store) == set()
    assert await store.find_prunable(EVERYTHING) == Prunable()
    assert await store.count_stored() == Stored(0, 0, None)


async def test_live_runs_and_their_events_stay_in_every_status(store: Store) -> None:
    await store.append_events([NewEvent(event("e-new"), (run("new", "e-new"),))])
    for status in (RunStatus.RUNNING, RunStatus.WAITING, RunStatus.BLOCKED):
        await start(store, status)
        await store.commit(Checkpoint(status, 1, (COMPLETED,), status))

    await _prune_all(store)

    assert await _run_ids(store) == {"new", "running", "waiting", "blocked"}
    assert len(await _event_ids(store)) == 4
    assert await store.prune(Prunable(("new", "running", "gone"), ("e-new", "gone")), LATE) == Prunable()


async def test_every_ending_is_an_end(store: Store) -> None:
    for status in (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.SKIPPED):
        await start(store, status)
        await end(store, status, status=status)

    await _prune_all(store)

    assert await _run_ids(store) == set()


async def test_an_event_stays_while_one_of_its_runs_does(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1"), run("r2", "e1")))])
    await store.commit(Checkpoint("r1", 0, (STARTED, COMPLETED), RunStatus.COMPLETED))

    await _prune_all(store)

    assert await _run_ids(store) == {"r2"}
    assert await _event_ids(store) == {"e1"}


async def test_the_age_of_a_run_counts_from_its_end_and_that_of_an_event_from_its_reception(store: Store) -> None:
    await store.append_events([NewEvent(event("e1", at_ms=1_000), (run("r1", "e1", at_ms=1_000),))])
    await store.append_events([NewEvent(event("e2", at_ms=2_000)), NewEvent(event("e3", at_ms=3_000))])
    await store.append_events([NewEvent(event("e4", at_ms=4_000), (run("r4", "e4", at_ms=4_000),))])
    for run_id in ("r1", "r4"):
        await store.commit(Checkpoint(run_id, 0, (STARTED, COMPLETED), RunStatus.COMPLETED))

    assert await store.find_prunable(PruneQuery(COMPLETED.at_ms)) == Prunable(events=("e2",))
    await _prune_all(store, PruneQuery(COMPLETED.at_ms + 1))

    assert await _run_ids(store) == {"r4"}
    assert await _event_ids(store) == {"e4"}


async def test_what_is_too_much_goes_oldest_first_whatever_its_age(store: Store) -> None:
    for number in range(5):
        await start(store, f"r{number}")
        await end(store, f"r{number}")

    assert await store.find_prunable(PruneQuery(0, surplus_runs=2)) == Prunable(runs=("r0", "r1"))
    assert await store.find_prunable(PruneQuery(0)) == Prunable()


async def test_an_answer_is_small_and_the_next_one_goes_on(store: Store) -> None:
    for number in range(5):
        await start(store, f"r{number}")
        await end(store, f"r{number}")

    first = await store.find_prunable(PruneQuery(LATE, rows=8))
    second = await store.find_prunable(PruneQuery(LATE, rows=8, after_run=first.runs[-1]))

    assert (first.runs, second.runs) == (("r0", "r1"), ("r2", "r3"))


async def test_events_from_the_oldest_trigger_of_a_live_run_on_may_be_kept_for_its_waits(store: Store) -> None:
    await store.append_events([NewEvent(event("e0")), NewEvent(event("e1"), (run("r1", "e1"),)), NewEvent(event("e2"))])

    stored = await store.count_stored()

    assert stored == Stored(0, 3, "e1")
    assert await store.find_prunable(PruneQuery(LATE, until_event=stored.needed_event)) == Prunable(events=("e0",))


async def test_a_store_goes_on_as_if_pruned_runs_had_never_been(store: Store) -> None:
    await start(store, "r1")
    step = StepStarted(2_000, 0, waiter("r2").key or ("", 0), "wait_for_event", "f", 9_000)  # type: ignore[arg-type]
    await start(store, "r2")
    await store.commit(Checkpoint("r2", 1, (step,), RunStatus.WAITING, waiters=(waiter("r2"),)))
    await end(store, "r1")
    await _prune_all(store, PruneQuery(LATE, until_event="e-r2"))

    appended = await store.append_events([NewEvent(event("paid", "payment"))])

    assert [delivery.run_id for delivery in appended.deliveries] == ["r2"]
    assert await store.signal("r1", ReleaseAsked()) is None
    assert await store.ready_runs() == ("r2",)
