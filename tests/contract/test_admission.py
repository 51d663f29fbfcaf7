"""Whether a run is created is decided in the transaction that would create it, and what was decided is kept."""

from tests.contract.conftest import COMPLETED, KEY, Reopen, commit, end, event, run, signals, start, waiter

from surestep.core.outcomes import Failure
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.order import Claim
from surestep.core.records import RunSkipped, RunStatus
from surestep.core.signals import CancelAsked, ChildEnded
from surestep.errors import ErrorInfo
from surestep.storage.port import Appended, NewEvent, NewRun, Parent, RunQuery, Store
from surestep_dsl.flow import Singleton, SingletonMode

SKIP = Claim(Singleton(SingletonMode.SKIP), "s")
CANCEL = Claim(Singleton(SingletonMode.CANCEL), "s")
ONCE = Claim(Deduplication(), "d")


async def create(store: Store, new: NewRun, *, keep: bool = False) -> Appended:
    return await store.append_events([NewEvent(event(new.event_ids[0]), (new,), keep=keep)])


async def test_a_dropped_run_is_recorded_as_skipped_with_its_event(store: Store, reopen: Reopen) -> None:
    await create(store, run("r1", "e1", claims=(SKIP,)))

    appended = await create(store, run("r2", "e2", at_ms=1_500, claims=(SKIP,)))

    assert (appended.runs, appended.deliveries) == ((), ())
    [dropped] = appended.dropped
    assert (dropped.run_id, dropped.drop.holder) == ("r2", "r1")
    store = await reopen()
    loaded = await store.load_run("r2")
    assert loaded is not None
    assert (loaded.row.status, loaded.row.started_at_ms, loaded.row.ended_at_ms) == (RunStatus.SKIPPED, None, 1_500)
    assert loaded.records == (RunSkipped(1_500, "singleton", "singleton: run r1 has not ended"),)
    assert loaded.events == (event("e2"),)
    assert [row.run_id for row in await store.list_runs(RunQuery(event_id="e2"))] == ["r2"]
    assert await store.ready_runs() == ("r1",)


async def test_nothing_comes_of_an_event_that_hinges_on_a_dropped_run(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(SKIP,)))
    await start(store, "waiting")
    await commit(store, "waiting", 1, waiters=(waiter("waiting", event_name="order.created"),))
    runs = (run("r2", "e2"), run("r3", "e2", claims=(SKIP,)))

    appended = await store.append_events([NewEvent(event("e2"), runs, hinges_on="r3")])

    assert (appended.runs, appended.deliveries) == ((), ())
    assert [(dropped.run_id, dropped.drop.is_recorded) for dropped in appended.dropped] == [("r3", False)]
    assert {row.run_id for row in await store.list_runs(RunQuery())} == {"r1", "waiting"}
    assert "e2" not in [found.event_id for found in await store.list_events()]


async def test_an_event_that_hinges_on_a_run_that_is_let_in_is_like_any_other(store: Store) -> None:
    runs = (run("r1", "e1"), run("r2", "e1", claims=(SKIP,)))

    assert (await store.append_events([NewEvent(event("e1"), runs, hinges_on="r2")])).runs == runs


async def test_a_duplicate_is_never_recorded(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(ONCE,)))

    await create(store, run("r2", "e2", claims=(ONCE,)))

    assert [row.run_id for row in await store.list_runs(RunQuery())] == ["r1"]


async def test_a_place_is_held_to_the_end_of_its_run_across_restarts(store: Store, reopen: Reopen) -> None:
    await create(store, run("r1", "e1", claims=(SKIP,)))
    store = await reopen()
    assert (await create(store, run("r2", "e2", claims=(SKIP,)))).runs == ()

    await end(store, "r1", 0)
    third = run("r3", "e3", claims=(SKIP,))

    assert (await create(store, third)).runs == (third,)


async def test_places_of_other_groups_are_not_touched(store: Store) -> None:
    other = Claim(SKIP.rule, "other")
    await create(store, run("r1", "e1", claims=(SKIP,)))
    second = run("r2", "e2", claims=(other,))
    assert (await create(store, second)).runs == (second,)

    await end(store, "r1", 0)

    assert (await create(store, run("r3", "e3", claims=(other,)))).runs == ()


async def test_the_place_of_an_occurrence_outlives_its_run_and_a_clock_put_back(store: Store) -> None:
    fired = Claim(Occurrence(1_000), "o")
    await create(store, run("r1", "e1", at_ms=1_000, claims=(fired,)))
    await end(store, "r1", 0)

    assert (await create(store, run("r2", "e2", at_ms=10, claims=(fired,)))).runs == ()


async def test_a_superseded_run_is_asked_to_stop_and_the_new_one_begins(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(CANCEL,)))
    second = run("r2", "e2", claims=(CANCEL,))

    appended = await create(store, second)

    assert appended.runs == (second,)
    why = CancelAsked("singleton: a newer run takes its place")
    assert [(told.run_id, told.signal) for told in appended.deliveries] == [("r1", why)]
    assert await signals(store, "r1") == [why]


async def test_an_invoke_of_a_dropped_run_is_answered_in_the_same_write(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(SKIP,)))
    await start(store, "caller")
    child = run("r2", "e2", claims=(SKIP,), parent=Parent("caller", KEY))

    found = await commit(store, "caller", 1, events=(NewEvent(event("e2"), (child,)),))

    error = ErrorInfo("InvokeSkippedError", "singleton: run r1 has not ended")
    assert found == [ChildEnded(KEY, Failure(error, "InvokeSkippedError"))]
    assert await signals(store, "caller") == found


async def test_an_invoke_of_a_duplicate_is_answered_although_nothing_of_it_is_seen(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(ONCE,)))
    await start(store, "caller")
    child = run("r2", "e2", claims=(ONCE,), parent=Parent("caller", KEY))

    [told] = await commit(store, "caller", 1, events=(NewEvent(event("e2"), (child,)),))

    assert isinstance(told, ChildEnded)
    assert isinstance(told.outcome, Failure)
    assert told.outcome.reason == "InvokeDeduplicatedError"
    assert await store.load_run("r2") is None


async def test_a_run_that_ends_gives_its_place_up_before_its_own_events_start_others(store: Store) -> None:
    await create(store, run("r1", "e1", claims=(SKIP,)))
    second = run("r2", "e2", claims=(SKIP,))

    events = (NewEvent(event("e2"), (second,)),)
    await commit(store, "r1", 0, COMPLETED, status=RunStatus.COMPLETED, events=events)

    assert await store.ready_runs() == ("r2",)


async def test_schedules_are_met_once_and_forgotten_when_they_are_gone(store: Store, reopen: Reopen) -> None:
    assert await store.meet_schedules(["a", "b"], 100) == {"a": 100, "b": 100}
    await store.append_events([NewEvent(event("e1"), occurrence=("a", 150))])
    store = await reopen()

    assert await store.meet_schedules(["a"], 200) == {"a": 150}
    assert await store.meet_schedules(["a", "b"], 300) == {"a": 150, "b": 300}
