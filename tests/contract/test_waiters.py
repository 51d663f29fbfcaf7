import json

import pytest
from tests.contract.conftest import KEY, Reopen, commit, event, run, signals, start, waiter

from surestep.core.commands import StepKey
from surestep.core.signals import CancelAsked, EventArrived, TimerPurpose
from surestep.storage.port import NewEvent, NewTimer, NewWaiter, Store, StoredEvent


async def _wait(store: Store, *waiters: NewWaiter) -> None:
    """One run per waiter, each waiting."""
    for each in waiters:
        await start(store, each.run_id)
        await commit(store, each.run_id, 1, waiters=(each,))


async def _told(store: Store, sent: StoredEvent) -> list[str]:
    """Ids of the runs that an event reaches."""
    return [delivery.run_id for delivery in (await store.append_events([NewEvent(sent)])).deliveries]


async def test_an_event_satisfies_those_who_wait_for_its_name(store: Store) -> None:
    await _wait(store, waiter("r1"), waiter("r2", event_name="refund"), waiter("r3"))

    assert await _told(store, event("p1", "payment")) == ["r1", "r3"]


async def test_the_run_is_told_the_step_and_the_whole_event(store: Store, reopen: Reopen) -> None:
    await _wait(store, waiter("r1", StepKey("pay", 2)))
    sent = StoredEvent("p1", "payment", b'{"sum": 10.0}', "sender-1", 900, 1_000, v="2")

    (delivery,) = (await store.append_events([NewEvent(sent)])).deliveries

    assert isinstance(delivery.signal, EventArrived)
    assert (delivery.run_id, delivery.signal.key, delivery.signal.event_id) == ("r1", StepKey("pay", 2), "p1")
    told = json.loads(delivery.signal.event)
    assert told == {"name": "payment", "data": {"sum": 10.0}, "id": "sender-1", "ts": 900, "v": "2"}
    assert await signals(await reopen(), "r1") == [delivery.signal]


async def test_an_event_satisfies_a_waiter_once(store: Store) -> None:
    await _wait(store, waiter("r1"))

    assert await _told(store, event("p1", "payment")) == ["r1"]
    assert await _told(store, event("p2", "payment")) == []


async def test_of_two_events_in_one_write_the_first_satisfies(store: Store) -> None:
    await _wait(store, waiter("r1"))

    appended = await store.append_events([NewEvent(event("p1", "payment")), NewEvent(event("p2", "payment"))])

    assert [d.signal.event_id for d in appended.deliveries if isinstance(d.signal, EventArrived)] == ["p1"]


async def test_those_who_waited_first_are_told_first(store: Store) -> None:
    await _wait(
        store,
        waiter("r9", match_path="data.id", match_value="1"),
        waiter("r5"),
        waiter("r7", condition="id"),
        waiter("r1", match_path="data.a", match_value="2"),
        waiter("r3", match_path="data.id", match_value="1"),
    )

    assert await _told(store, event("p1", "payment", b'{"id":1,"a":2}')) == ["r9", "r5", "r7", "r1", "r3"]


@pytest.mark.parametrize(
    ("wanted", "data", "satisfied"),
    [
        ('"o-1"', b'{"order":{"id":"o-1"}}', True),
        ('"o-1"', b'{"order":{"id":"o-2"}}', False),
        ('"o-1"', b'{"order":{}}', False),
        ('"o-1"', b'{"order":"o-1"}', False),
        ('"o-1"', b'{"order":{"id":["o-1"]}}', False),
        ('"1"', b'{"order":{"id":1}}', False),
        ("1", b'{"order":{"id":1}}', True),
        ("1", b'{"order":{"id":1.0}}', True),
        ("1", b'{"order":{"id":true}}', False),
        ("true", b'{"order":{"id":true}}', True),
        ("null", b'{"order":{"id":null}}', True),
        ('"\\u00e9"', b'{"order":{"id":"\xc3\xa9"}}', True),
        (None, b'{"order":{"id":null}}', False),
        (None, b"{}", False),
        (None, b'{"order":{"id":"o-1"}}', False),
    ],
)
async def test_a_match_compares_scalars_as_json_does(
    store: Store, wanted: str | None, data: bytes, satisfied: bool
) -> None:
    await _wait(store, waiter("r1", match_path="data.order.id", match_value=wanted))

    assert await _told(store, event("p1", "payment", data)) == (["r1"] if satisfied else [])


async def test_a_waiter_with_a_match_is_not_asked_for_its_condition(store: Store) -> None:
    await _wait(store, waiter("r1", match_path="data.id", match_value="1", condition="nowhere"))

    assert await _told(store, event("p1", "payment", b'{"id":1}')) == ["r1"]


async def test_a_condition_decides(store: Store) -> None:
    await _wait(store, waiter("r1", condition="red"), waiter("r2", condition="blue"))

    assert await _told(store, event("p1", "payment", b'{"c":"blue"}')) == ["r2"]
    assert await _told(store, event("p2", "payment", b'{"c":"red"}')) == ["r1"]


async def test_a_waiter_is_dead_from_its_end_on(store: Store) -> None:
    await _wait(store, waiter("r1", None, until_ms=5_000), waiter("r2", None, until_ms=5_001))

    assert await _told(store, event("p1", "payment", at_ms=5_000)) == ["r2"]
    assert await _told(store, event("p2", "payment", at_ms=4_999)) == ["r1"]


async def test_the_event_that_starts_a_run_does_not_reach_its_waiters(store: Store) -> None:
    new = run("r1", "e1", waiters=(waiter("r1", None, event_name="order.created"),))

    appended = await store.append_events([NewEvent(event("e1"), (new,))])

    assert appended.deliveries == ()
    assert await _told(store, event("e2")) == ["r1"]


async def test_an_event_can_cancel_a_run(store: Store) -> None:
    await _wait(store, waiter("r1", None))

    (delivery,) = (await store.append_events([NewEvent(event("p1", "payment"))])).deliveries

    assert isinstance(delivery.signal, CancelAsked)
    assert "payment" in delivery.signal.reason
    assert "p1" in delivery.signal.reason


async def test_a_cancelling_waiter_asks_once_and_leaves_the_others_alone(store: Store) -> None:
    await start(store, "r1")
    cancels = (waiter("r1", None), waiter("r1", None, event_name="refund"))
    await commit(store, "r1", 1, waiters=(*cancels, waiter("r1", event_name="refund")))

    assert await _told(store, event("p1", "payment")) == ["r1"]
    assert await _told(store, event("p2", "payment")) == []
    assert await _told(store, event("p3", "refund")) == ["r1", "r1"]
    assert await _told(store, event("p4", "refund")) == []


async def test_a_step_waits_for_one_thing_the_last(store: Store) -> None:
    await _wait(store, waiter("r1"))
    await commit(store, "r1", 1, waiters=(waiter("r1", event_name="refund"),))

    assert await _told(store, event("p1", "payment")) == []
    assert await _told(store, event("p2", "refund")) == ["r1"]


async def test_a_satisfied_waiter_takes_its_timeout_along_and_no_other_timer(store: Store) -> None:
    await start(store, "r1")
    timers = (
        NewTimer("r1", TimerPurpose.WAIT, 10, KEY),
        NewTimer("r1", TimerPurpose.RETRY, 20, KEY),
        NewTimer("r1", TimerPurpose.WAIT, 30, StepKey("other")),
    )
    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1"),))

    await store.append_events([NewEvent(event("p1", "payment"))])

    assert [delivery.signal for delivery in (await store.fire_timers(10, 9)).deliveries] == []
    assert len((await store.fire_timers(30, 9)).deliveries) == 2


async def test_waiters_outlive_the_process(store: Store, reopen: Reopen) -> None:
    await _wait(store, waiter("r1", condition="x", trigger=b'{"data":{}}', until_ms=9_000))
    store = await reopen()

    assert await _told(store, event("p1", "payment", b'{"x":1}')) == ["r1"]
