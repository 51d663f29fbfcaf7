from tests.contract.conftest import KEY, STARTED, Reopen, commit, event, run, signals, start, waiter

from surestep.core.commands import StepKey
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked, Signal, TimerDue, TimerPurpose
from surestep.storage.port import NOTHING, Appended, NewEvent, NewTimer, Store


async def _fired(store: Store, now_ms: int, limit: int = 99) -> list[tuple[str, Signal]]:
    return [(delivery.run_id, delivery.signal) for delivery in (await store.fire_timers(now_ms, limit)).deliveries]


async def _set(store: Store, run_id: str, *timers: tuple[TimerPurpose, int, StepKey | None]) -> None:
    await start(store, run_id)
    await commit(store, run_id, 1, timers=tuple(NewTimer(run_id, what, due, key) for what, due, key in timers))


async def test_there_is_nothing_to_wait_for_without_timers(store: Store) -> None:
    assert await store.next_due_ms() is None
    assert await store.fire_timers(10**15, 99) == NOTHING


async def test_timers_fire_at_their_instant_and_not_before(store: Store) -> None:
    await _set(store, "r1", (TimerPurpose.SLEEP, 5_000, KEY))

    assert await _fired(store, 4_999) == []
    assert await _fired(store, 5_000) == [("r1", TimerDue(TimerPurpose.SLEEP, KEY))]


async def test_a_timer_fires_once_and_leaves_a_signal(store: Store, reopen: Reopen) -> None:
    await _set(store, "r1", (TimerPurpose.SLEEP, 5_000, KEY))
    await store.fire_timers(5_000, 99)

    store = await reopen()

    assert await _fired(store, 6_000) == []
    assert await signals(store, "r1") == [TimerDue(TimerPurpose.SLEEP, KEY)]
    assert await store.ready_runs() == ("r1",)


async def test_timers_fire_earliest_first_up_to_the_limit(store: Store) -> None:
    await _set(store, "r1", (TimerPurpose.SLEEP, 3_000, KEY), (TimerPurpose.FINISH_TIMEOUT, 1_000, None))
    await _set(store, "r2", (TimerPurpose.SLEEP, 2_000, KEY))

    assert await store.next_due_ms() == 1_000
    assert await _fired(store, 9_000, limit=2) == [
        ("r1", TimerDue(TimerPurpose.FINISH_TIMEOUT)),
        ("r2", TimerDue(TimerPurpose.SLEEP, KEY)),
    ]
    assert await store.next_due_ms() == 3_000
    assert await _fired(store, 9_000, limit=2) == [("r1", TimerDue(TimerPurpose.SLEEP, KEY))]
    assert await store.next_due_ms() is None


async def test_timers_due_at_the_same_instant_fire_in_order_of_run_and_step(store: Store) -> None:
    await _set(store, "r2", (TimerPurpose.SLEEP, 1_000, KEY))
    await _set(
        store,
        "r1",
        (TimerPurpose.SLEEP, 1_000, StepKey("b")),
        (TimerPurpose.WAIT, 1_000, StepKey("a", 1)),
        (TimerPurpose.RETRY, 1_000, StepKey("a", 1)),
        (TimerPurpose.SLEEP, 1_000, StepKey("a", 0)),
        (TimerPurpose.SEGMENT, 1_000, None),
    )

    assert await _fired(store, 1_000) == [
        ("r1", TimerDue(TimerPurpose.SEGMENT)),
        ("r1", TimerDue(TimerPurpose.SLEEP, StepKey("a", 0))),
        ("r1", TimerDue(TimerPurpose.RETRY, StepKey("a", 1))),
        ("r1", TimerDue(TimerPurpose.WAIT, StepKey("a", 1))),
        ("r1", TimerDue(TimerPurpose.SLEEP, StepKey("b"))),
        ("r2", TimerDue(TimerPurpose.SLEEP, KEY)),
    ]


async def test_a_timer_replaces_the_one_of_its_purpose_and_step(store: Store) -> None:
    await _set(store, "r1", (TimerPurpose.RETRY, 9_000, KEY), (TimerPurpose.RETRY, 9_000, StepKey("other")))

    await commit(store, "r1", 1, timers=(NewTimer("r1", TimerPurpose.RETRY, 1_000, KEY),))

    assert await _fired(store, 8_000) == [("r1", TimerDue(TimerPurpose.RETRY, KEY))]
    assert await _fired(store, 9_000) == [("r1", TimerDue(TimerPurpose.RETRY, StepKey("other")))]


async def test_the_start_of_a_run_is_a_timer(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1", start_at_ms=5_000),))])
    assert await store.ready_runs() == ()

    assert await store.fire_timers(4_999, 9) == NOTHING
    fired = await store.fire_timers(5_000, 9)
    [stored] = fired.let_go
    assert (stored.row.run_id, stored.row.status, stored.events) == ("r1", RunStatus.QUEUED, (event("e1"),))
    assert fired == Appended(let_go=(stored,))
    assert stored == await store.load_run("r1")
    assert await store.ready_runs() == ("r1",)
    assert await store.fire_timers(6_000, 9) == NOTHING


async def test_a_run_that_is_let_go_comes_with_all_that_hangs_on_it(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"))])
    late = run("r1", "e1", "e2", start_at_ms=5_000, records=(STARTED,))
    await store.append_events([NewEvent(event("e2"), (late,))])
    await store.signal("r1", CancelAsked("no"))

    [stored] = (await store.fire_timers(5_000, 9)).let_go

    assert (stored.events, stored.records) == ((event("e1"), event("e2")), (STARTED,))
    assert [delivery.signal for delivery in stored.deliveries] == [CancelAsked("no")]
    assert stored == await store.load_run("r1")


async def test_a_new_run_brings_its_own_timers(store: Store) -> None:
    timers = (NewTimer("r1", TimerPurpose.START_TIMEOUT, 7_000),)
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1", timers=timers),))])

    assert await store.ready_runs() == ("r1",)
    assert await _fired(store, 7_000) == [("r1", TimerDue(TimerPurpose.START_TIMEOUT))]


async def test_the_timeout_of_a_wait_ends_it(store: Store) -> None:
    await start(store, "r1")
    timers = (NewTimer("r1", TimerPurpose.WAIT, 5_000, KEY),)
    others = (waiter("r1", StepKey("other")), waiter("r1", None))
    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1"), *others))

    assert await _fired(store, 5_000) == [("r1", TimerDue(TimerPurpose.WAIT, KEY))]

    appended = await store.append_events([NewEvent(event("p1", "payment"))])
    assert [getattr(delivery.signal, "key", None) for delivery in appended.deliveries] == [StepKey("other"), None]


async def test_other_timers_of_a_step_leave_its_waiter_alone(store: Store) -> None:
    await start(store, "r1")
    timers = (NewTimer("r1", TimerPurpose.SLEEP, 5_000, KEY),)
    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1"),))

    await store.fire_timers(5_000, 99)

    assert len((await store.append_events([NewEvent(event("p1", "payment"))])).deliveries) == 1


async def test_timers_of_a_run_that_ended_are_gone(store: Store) -> None:
    await _set(store, "r1", (TimerPurpose.SLEEP, 5_000, KEY), (TimerPurpose.FINISH_TIMEOUT, 6_000, None))

    await commit(store, "r1", 1, status=RunStatus.CANCELLED)

    assert await store.next_due_ms() is None
