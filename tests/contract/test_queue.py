"""What a store tells about runs that wait, for flow control or for the time when they are to begin."""

from tests.contract.conftest import Reopen, event, run

from surestep.core.policies.batch import Batched
from surestep.core.policies.debounce import Debounced
from surestep.core.policies.order import Claim, Place
from surestep.core.policies.queueing import Queueing
from surestep.storage.port import NewEvent, PutOff, PutOffList, Store

BATCH = '["batch","gather"]'


async def _arrive(store: Store, number: int, function_id: str, *claims: Claim, start_at_ms: int = 1_000) -> None:
    new = run(f"r{number}", f"e{number}", function_id=function_id, claims=claims, start_at_ms=start_at_ms)
    await store.append_events([NewEvent(event(f"e{number}"), (new,))])


async def _fill(store: Store) -> None:
    for number in range(2):
        await _arrive(store, number, "gather", Claim(Batched(3, 4_000, 1), BATCH))
    for number, key in enumerate("aab", 2):
        debounced = Claim(Debounced(2_000, None, 1_000, 1_000), f'["debounce","calm","{key}"]')
        await _arrive(store, number, "calm", debounced)
    for number in range(5, 8):
        await _arrive(store, number, "later", start_at_ms=9_000 + number)
    await _arrive(store, 8, "now")


async def test_what_is_put_off_is_counted_where_most_is_first(store: Store, reopen: Reopen) -> None:
    await _fill(store)
    expected = (
        PutOff("later", None, 3, 0, 9_005),
        PutOff("calm", '["debounce","calm","a"]', 1, 1, 3_000),
        PutOff("calm", '["debounce","calm","b"]', 1, 1, 3_000),
        PutOff("gather", BATCH, 1, 2, 5_000),
    )
    assert await store.list_put_off(None, 10) == PutOffList(expected, 4, 6)
    store = await reopen()
    assert await store.list_put_off(None, 2) == PutOffList(expected[:2], 4, 6)
    assert await store.list_put_off("calm", 10) == PutOffList(expected[1:3], 2, 2)
    assert await store.list_put_off("now", 10) == PutOffList()


async def test_what_has_begun_or_ended_is_not_put_off(store: Store) -> None:
    await _fill(store)
    await store.fire_timers(5_000, 10)
    assert await store.list_put_off(None, 10) == PutOffList((PutOff("later", None, 3, 0, 9_005),), 1, 3)
    await _arrive(store, 9, "gather", Claim(Batched(3, 4_000, 1), BATCH))
    await store.fire_timers(99_000, 10)
    assert await store.list_put_off(None, 10) == PutOffList()


async def test_a_run_that_its_throttle_has_let_go_counts_as_begun_for_so_long(store: Store, reopen: Reopen) -> None:
    queueing = Queueing(1_000, '["throttle","process"]')
    for number in range(2):
        new = run(f"r{number}", f"e{number}", queueing=queueing)
        await store.append_events([NewEvent(event(f"e{number}"), (new,))])

    await store.hold("r1", Place('["throttle","process"]', 5_000, 5_000_000))

    store = await reopen()
    state = await store.load_queue(4_999)
    assert [(queued.run_id, queued.has_begun) for queued in state.runs] == [("r0", False), ("r1", True)]
    assert state.paces == (('["throttle","process"]', 5_000_000),)
    assert [queued.has_begun for queued in (await store.load_queue(5_000)).runs] == [False, False]
