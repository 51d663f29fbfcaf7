from tests.contract.conftest import KEY, Stores, commit, event, run, signals, start, waiter

from surestep.core.commands import StepKey
from surestep.core.signals import CancelAsked, EventArrived, TimerPurpose
from surestep.storage.port import NewEvent, NewTimer, Store


async def _looked_back(store: Store, **more: object) -> str | None:
    """Id of the stored event that a new waiter takes."""
    caused = await commit(store, "r1", 1, waiters=(waiter("r1", **more),))  # type: ignore[arg-type]
    if not caused:
        return None
    (signal,) = caused
    assert isinstance(signal, EventArrived)
    assert await signals(store, "r1") == [signal]
    return signal.event_id


async def _payments(store: Store, *event_ids: str, data: bytes = b"{}") -> None:
    await start(store, "r1")
    await store.append_events([NewEvent(event(event_id, "payment", data)) for event_id in event_ids])


async def test_without_lookback_the_past_does_not_count(store: Store) -> None:
    await _payments(store, "p1")

    assert await _looked_back(store) is None


async def test_the_oldest_event_is_taken(store: Store) -> None:
    await _payments(store, "p3", "p1", "p2")

    assert await _looked_back(store, lookback_after="") == "p1"


async def test_events_up_to_the_beginning_do_not_count(store: Store) -> None:
    await _payments(store, "p1", "p2", "p3")

    assert await _looked_back(store, lookback_after="p1") == "p2"


async def test_consumed_events_do_not_count(store: Store) -> None:
    await _payments(store, "p1", "p2", "p3")

    assert await _looked_back(store, lookback_after="", consumed=("p2", "p1")) == "p3"


async def test_events_of_another_name_do_not_count(store: Store) -> None:
    await _payments(store, "p1")

    assert await _looked_back(store, lookback_after="", event_name="refund") is None


async def test_a_match_is_asked_of_past_events_too(store: Store) -> None:
    await _payments(store, "p1", data=b'{"id":1}')
    await store.append_events([NewEvent(event("p2", "payment", b'{"id":2}'))])

    assert await _looked_back(store, lookback_after="", match_path="data.id", match_value="2") == "p2"


async def test_a_condition_is_asked_of_past_events_too(store: Store) -> None:
    await _payments(store, "p1", data=b'{"c":"red"}')
    await store.append_events([NewEvent(event("p2", "payment", b'{"c":"blue"}'))])

    assert await _looked_back(store, lookback_after="", condition="blue") == "p2"


async def test_two_waiters_of_a_run_take_two_events_in_one_commit_and_in_two(store: Store) -> None:
    await _payments(store, "p1", "p2", "p3", "p4")
    first, second, third = (waiter("r1", StepKey("wait", n), lookback_after="") for n in range(3))

    caused = (*await commit(store, "r1", 1, waiters=(first, second)), *await commit(store, "r1", 1, waiters=(third,)))

    assert [signal.event_id for signal in caused if isinstance(signal, EventArrived)] == ["p1", "p2", "p3"]


async def test_a_waiter_that_finds_nothing_waits(store: Store) -> None:
    await _payments(store, "p1")
    assert await _looked_back(store, lookback_after="p1") is None

    (delivery,) = (await store.append_events([NewEvent(event("p2", "payment"))])).deliveries

    assert delivery.run_id == "r1"


async def test_a_waiter_that_finds_its_event_does_not_wait_and_has_no_timeout(store: Store) -> None:
    await _payments(store, "p1")
    timers = (NewTimer("r1", TimerPurpose.WAIT, 5_000, KEY),)

    await commit(store, "r1", 1, timers=timers, waiters=(waiter("r1", lookback_after=""),))

    assert await store.next_due_ms() is None
    assert (await store.append_events([NewEvent(event("p2", "payment"))])).deliveries == ()


async def test_a_waiter_that_finds_its_event_replaces_what_its_step_waited_for(store: Store) -> None:
    await _payments(store, "p1")
    await commit(store, "r1", 1, waiters=(waiter("r1", event_name="refund"),))

    await commit(store, "r1", 1, waiters=(waiter("r1", lookback_after=""),))

    assert (await store.append_events([NewEvent(event("p2", "refund"))])).deliveries == ()


async def test_each_waiter_of_a_checkpoint_looks_back_on_its_own(store: Store) -> None:
    await _payments(store, "p1", "p2")
    both = (waiter("r1", lookback_after=""), waiter("r1", StepKey("b"), lookback_after="", consumed=("p1",)))

    caused = await commit(store, "r1", 1, waiters=both)

    assert [signal.event_id for signal in caused if isinstance(signal, EventArrived)] == ["p1", "p2"]


async def test_of_waiters_of_a_run_that_look_back_the_oldest_gets_an_event_that_comes_later(stores: Stores) -> None:
    await _payments(await stores.open())
    late, early, plain = StepKey("a"), StepKey("b"), StepKey("c")
    waiters = (waiter("r1", early, lookback_after=""), waiter("r1", late, lookback_after=""), waiter("r1", plain))
    await commit(await stores.open(), "r1", 1, waiters=waiters)
    store = await stores.open()

    deliveries = [(await store.append_events([NewEvent(event(name, "payment"))])).deliveries for name in ("p1", "p2")]

    keys = [[one.signal.key for one in each if isinstance(one.signal, EventArrived)] for each in deliveries]
    assert keys == [[early, plain], [late]]


async def test_waiters_of_two_runs_that_look_back_share_an_event(store: Store) -> None:
    for run_id in ("r1", "r2"):
        await start(store, run_id)
        await commit(store, run_id, 1, waiters=(waiter(run_id, lookback_after="z"),))

    appended = await store.append_events([NewEvent(event("zz", "payment"))])

    assert [delivery.run_id for delivery in appended.deliveries] == ["r1", "r2"]


async def test_a_new_run_can_look_back_but_not_at_its_own_event(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"))])
    cancel = waiter("r1", None, event_name="order.created", lookback_after="e0")
    blind = waiter("r2", None, event_name="order.created", lookback_after="e1")

    appended = await store.append_events(
        [NewEvent(event("e2"), (run("r1", "e2", waiters=(cancel,)), run("r2", "e2", waiters=(blind,))))]
    )

    assert [delivery.run_id for delivery in appended.deliveries] == ["r1"]
    (asked,) = await signals(store, "r1")
    assert isinstance(asked, CancelAsked)
    assert "e1" in asked.reason
