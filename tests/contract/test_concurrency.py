import asyncio

from tests.contract.conftest import (
    COMPLETED,
    KEY,
    STARTED,
    Reopen,
    Stores,
    commit,
    event,
    run,
    signals,
    start,
    succeeded,
    waiter,
)

from surestep.core.records import RunStatus
from surestep.core.signals import EventArrived, TimerDue, TimerPurpose
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.port import NOTHING, Checkpoint, NewEvent, NewTimer, RunQuery, Store

_PAYMENT = [NewEvent(event("p1", "payment"))]


async def _wait_with_timeout(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, timers=(NewTimer("r1", TimerPurpose.WAIT, 5_000, KEY),), waiters=(waiter("r1"),))


async def test_an_event_that_comes_first_wins_against_the_timeout(store: Store) -> None:
    await _wait_with_timeout(store)

    await asyncio.gather(store.append_events(_PAYMENT), store.fire_timers(5_000, 9))

    assert [type(signal) for signal in await signals(store, "r1")] == [EventArrived]


async def test_a_timeout_that_comes_first_wins_against_the_event(store: Store) -> None:
    await _wait_with_timeout(store)

    await asyncio.gather(store.fire_timers(5_000, 9), store.append_events(_PAYMENT))

    assert await signals(store, "r1") == [TimerDue(TimerPurpose.WAIT, KEY)]


async def test_of_two_checkpoints_on_one_state_the_first_is_taken(store: Store) -> None:
    await start(store, "r1")
    rivals = [Checkpoint("r1", 1, (succeeded(value),)) for value in (b"1", b"2")]

    first, second = await asyncio.gather(*(store.commit(rival) for rival in rivals), return_exceptions=True)

    assert not isinstance(first, BaseException)
    assert isinstance(second, StaleCheckpointError)
    loaded = await store.load_run("r1")
    assert loaded is not None
    assert loaded.records == (STARTED, succeeded(b"1"))


async def test_a_write_that_fails_does_not_fail_those_beside_it(store: Store) -> None:
    events = [NewEvent(event(f"e{number}"), (run(f"r{number % 7}", f"e{number}"),)) for number in range(10)]

    answers = await asyncio.gather(*(store.append_events([new]) for new in events), return_exceptions=True)

    assert [isinstance(answer, StoreError) for answer in answers] == [False] * 7 + [True] * 3
    assert len(await store.list_events()) == 7


async def test_two_hundred_runs_at_once_lose_nothing(store: Store, reopen: Reopen) -> None:
    async def one(number: int) -> None:
        event_id, run_id = f"e{number:03}", f"r{number:03}"
        await store.append_events([NewEvent(event(event_id), (run(run_id, event_id),))])
        await store.commit(Checkpoint(run_id, 0, (STARTED, succeeded(b"%d" % number)), RunStatus.RUNNING))
        await store.commit(Checkpoint(run_id, 2, (COMPLETED,), RunStatus.COMPLETED))

    await asyncio.gather(*(one(number) for number in range(200)))

    store = await reopen()
    rows = await store.list_runs(RunQuery(status=RunStatus.COMPLETED, limit=1_000))
    assert [row.run_id for row in rows] == [f"r{number:03}" for number in reversed(range(200))]
    assert len(await store.list_events(limit=1_000)) == 200
    for number in (0, 77, 199):
        loaded = await store.load_run(f"r{number:03}")
        assert loaded is not None
        assert loaded.records == (STARTED, succeeded(b"%d" % number), COMPLETED)


async def test_what_was_answered_can_be_read(store: Store) -> None:
    async def one(number: int) -> None:
        event_id, run_id = f"e{number}", f"r{number}"
        await store.append_events([NewEvent(event(event_id), (run(run_id, event_id),))])
        assert await store.load_run(run_id) is not None
        assert run_id in await store.ready_runs()

    await asyncio.gather(*(one(number) for number in range(30)))


async def test_a_caller_that_gives_up_does_not_stop_the_others(store: Store) -> None:
    calls = [asyncio.ensure_future(store.append_events([NewEvent(event(f"e{number}"))])) for number in range(3)]
    await asyncio.sleep(0)
    calls[1].cancel()

    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(answer).__name__ for answer in answers][::2] == ["Appended", "Appended"]


async def test_closing_finishes_what_was_begun(stores: Stores, store: Store) -> None:
    begun = asyncio.gather(*(store.append_events([NewEvent(event(f"e{number:03}"))]) for number in range(50)))
    await asyncio.sleep(0)

    await store.close()

    assert await begun == [NOTHING] * 50
    if stores.kind != "memory":
        assert len(await (await stores.open()).list_events(limit=1_000)) == 50
