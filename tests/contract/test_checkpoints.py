import pytest
from tests.contract.conftest import (
    COMPLETED,
    KEY,
    STARTED,
    Reopen,
    commit,
    end,
    event,
    run,
    signals,
    start,
    succeeded,
    waiter,
)

from surestep.core.commands import StepKey
from surestep.core.outcomes import Failure, Success
from surestep.core.records import ENDED, RunBlocked, RunFailed, RunReleased, RunStatus, SegmentFailed
from surestep.core.signals import CancelAsked, ChildEnded, EventArrived, ReleaseAsked, TimerPurpose
from surestep.errors import ErrorInfo, StaleCheckpointError, StoreError
from surestep.storage.port import NOTHING, Checkpoint, NewEvent, NewTimer, RunQuery, Store

_ERROR = ErrorInfo("ValueError", "no \N{SNOWMAN} today", "line 1\nline 2")


async def test_records_are_appended_in_order_and_kept_as_they_are(store: Store, reopen: Reopen) -> None:
    await start(store, "r1")
    first = (succeeded(b'{"a": 1.0}'), SegmentFailed(2_600, 0, _ERROR, 2_700))
    second = (RunBlocked(2_800, _ERROR), RunReleased(2_900), succeeded(b"\x00\xff", StepKey("b", 3), 1))
    await commit(store, "r1", 1, *first)
    await commit(store, "r1", 3, *second)

    loaded = await (await reopen()).load_run("r1")

    assert loaded is not None
    assert loaded.records == (STARTED, *first, *second)


async def test_a_checkpoint_without_effects_causes_nothing(store: Store) -> None:
    await start(store, "r1")

    assert await store.commit(Checkpoint("r1", 1, ())) == NOTHING


@pytest.mark.parametrize("first_seq", [0, 2, -1])
async def test_a_checkpoint_decided_on_another_state_is_refused(store: Store, first_seq: int) -> None:
    await start(store, "r1")
    timers = (NewTimer("r1", TimerPurpose.SLEEP, 5_000, KEY),)
    stale = Checkpoint(
        "r1", first_seq, (COMPLETED,), RunStatus.COMPLETED, timers=timers, events=(NewEvent(event("x")),)
    )

    with pytest.raises(StaleCheckpointError):
        await store.commit(stale)

    loaded = await store.load_run("r1")
    assert loaded is not None
    assert (loaded.records, loaded.row.status) == ((STARTED,), RunStatus.WAITING)
    assert await store.next_due_ms() is None
    assert await store.list_events(before="y", name="x") == ()


async def test_the_same_checkpoint_is_accepted_once(store: Store) -> None:
    await start(store, "r1")
    checkpoint = Checkpoint("r1", 1, (succeeded(b"1"),))
    await store.commit(checkpoint)

    with pytest.raises(StaleCheckpointError):
        await store.commit(checkpoint)


@pytest.mark.parametrize("status", sorted(ENDED))
async def test_a_run_that_ended_accepts_no_checkpoint(store: Store, status: RunStatus) -> None:
    await start(store, "r1")
    await end(store, "r1", status=status)

    with pytest.raises(StaleCheckpointError):
        await store.commit(Checkpoint("r1", 2, (RunFailed(4_000, _ERROR),)))


async def test_an_unknown_run_accepts_no_checkpoint(store: Store) -> None:
    with pytest.raises(StaleCheckpointError):
        await store.commit(Checkpoint("nowhere", 0, (STARTED,)))


async def test_the_status_changes_when_a_checkpoint_says_so(store: Store) -> None:
    await start(store, "r1")
    seen = []
    for seq, status in enumerate([RunStatus.RUNNING, None, RunStatus.BLOCKED, RunStatus.WAITING], 1):
        await commit(store, "r1", seq, succeeded(b"1"), status=status)
        loaded = await store.load_run("r1")
        assert loaded is not None
        seen.append(loaded.row.status)

    assert seen == [RunStatus.RUNNING, RunStatus.RUNNING, RunStatus.BLOCKED, RunStatus.WAITING]


async def test_start_and_end_of_a_run_come_from_its_records(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, succeeded(b"1"))
    (running,) = await store.list_runs(RunQuery())
    await end(store, "r1", first_seq=2)
    (ended,) = await store.list_runs(RunQuery())

    assert (running.started_at_ms, running.ended_at_ms) == (2_000, None)
    assert (ended.started_at_ms, ended.ended_at_ms) == (2_000, 3_000)


async def test_consumed_signals_are_gone_and_others_stay(store: Store) -> None:
    await start(store, "r1")
    sent = [await store.signal("r1", CancelAsked(reason)) for reason in ("a", "b", "c")]
    numbers = [delivery.number for delivery in sent if delivery is not None]

    await commit(store, "r1", 1, consumed=(numbers[0], numbers[2]))

    assert await signals(store, "r1") == [CancelAsked("b")]


async def test_a_run_cannot_consume_signals_of_another(store: Store) -> None:
    await start(store, "r1")
    await start(store, "r2")
    other = await store.signal("r2", ReleaseAsked())
    assert other is not None

    await commit(store, "r1", 1, consumed=(other.number, 999_999))

    assert await signals(store, "r2") == [ReleaseAsked()]


async def test_a_settled_step_loses_its_timers_and_its_waiter(store: Store) -> None:
    await start(store, "r1")
    kept = StepKey("wait", 1)
    timers = tuple(
        NewTimer("r1", purpose, due, key)
        for purpose, due, key in [
            (TimerPurpose.WAIT, 10, KEY),
            (TimerPurpose.RETRY, 20, KEY),
            (TimerPurpose.WAIT, 30, kept),
            (TimerPurpose.FINISH_TIMEOUT, 40, None),
        ]
    )
    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1"), waiter("r1", kept), waiter("r1", None)))

    await commit(store, "r1", 1, settled=(KEY,))

    assert await store.next_due_ms() == 30
    deliveries = (await store.append_events([NewEvent(event("p1", "payment"))])).deliveries
    assert [getattr(delivery.signal, "key", None) for delivery in deliveries] == [kept, None]


async def test_a_step_can_be_settled_and_armed_in_one_checkpoint(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, timers=(NewTimer("r1", TimerPurpose.RETRY, 10, KEY),))

    await commit(store, "r1", 1, settled=(KEY,), timers=(NewTimer("r1", TimerPurpose.SLEEP, 20, KEY),))

    assert await store.next_due_ms() == 20


async def test_a_checkpoint_can_send_events_that_start_runs_and_satisfy_waits(store: Store) -> None:
    await start(store, "r1")
    await start(store, "r2")
    await commit(store, "r2", 1, waiters=(waiter("r2"),))
    child = run("r3", "p1")

    appended = await store.commit(Checkpoint("r1", 1, (), events=(NewEvent(event("p1", "payment"), (child,)),)))

    assert appended.runs == (child,)
    assert [(d.run_id, type(d.signal)) for d in appended.deliveries] == [("r2", EventArrived)]
    assert "r3" in await store.ready_runs()


async def test_an_event_sent_together_with_a_wait_satisfies_it(store: Store) -> None:
    await start(store, "r1")

    caused = await commit(store, "r1", 1, waiters=(waiter("r1"),), events=(NewEvent(event("p1", "payment")),))

    assert [type(signal) for signal in caused] == [EventArrived]


async def test_an_event_sent_by_the_end_of_a_run_does_not_reach_it(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, waiters=(waiter("r1"),))

    caused = await commit(
        store, "r1", 1, COMPLETED, status=RunStatus.COMPLETED, events=(NewEvent(event("p1", "payment")),)
    )

    assert caused == []


async def test_a_checkpoint_with_an_invalid_event_leaves_nothing(store: Store) -> None:
    await start(store, "r1")
    bad = NewEvent(event("p1", "payment"), (run("r1", "p1"),))
    timers = (NewTimer("r1", TimerPurpose.SLEEP, 5_000, KEY),)

    with pytest.raises(StoreError):
        await store.commit(Checkpoint("r1", 1, (succeeded(b"1"),), timers=timers, events=(bad,)))

    loaded = await store.load_run("r1")
    assert loaded is not None
    assert loaded.records == (STARTED,)
    assert await store.next_due_ms() is None
    await commit(store, "r1", 1, succeeded(b"1"))


async def test_a_reply_reaches_the_run_that_waits_for_it(store: Store, reopen: Reopen) -> None:
    await start(store, "r1")
    await start(store, "r2")
    answers = [ChildEnded(KEY, Success(b'{"x":1}')), ChildEnded(KEY, Failure(_ERROR, "InvokeFailedError"))]

    caused = await commit(store, "r2", 1, replies=tuple(("r1", answer) for answer in answers))

    assert caused == answers
    assert await signals(await reopen(), "r1") == answers


async def test_replies_to_runs_that_ended_or_never_were_are_dropped(store: Store) -> None:
    await start(store, "r1")
    await start(store, "r2")
    await end(store, "r1")
    answer = ChildEnded(KEY, Success(b"1"))

    assert await commit(store, "r2", 1, replies=(("r1", answer), ("nowhere", answer), ("r2", answer))) == [answer]
    assert await signals(store, "r1") == []


async def test_a_run_that_ends_loses_its_timers_waiters_and_signals(store: Store, reopen: Reopen) -> None:
    await start(store, "r1")
    timers = (NewTimer("r1", TimerPurpose.WAIT, 5_000, KEY),)
    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1"), waiter("r1", None)))
    await store.signal("r1", CancelAsked("enough"))

    late = (waiter("r1", StepKey("late"), lookback_after=""),)
    await commit(store, "r1", 1, COMPLETED, status=RunStatus.COMPLETED, timers=timers, waiters=late)

    store = await reopen()
    assert await store.next_due_ms() is None
    assert (await store.append_events([NewEvent(event("p1", "payment"))])).deliveries == ()
    assert await signals(store, "r1") == []
    assert await store.ready_runs() == ()
