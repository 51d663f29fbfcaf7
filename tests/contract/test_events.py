import pytest
from tests.contract.conftest import Reopen, commit, end, event, run, start, waiter

from surestep.core.commands import StepKey
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.order import Claim
from surestep.core.records import RunStatus
from surestep.errors import StoreError
from surestep.storage.port import NOTHING, NewEvent, Parent, RunQuery, Store, StoredEvent

ONCE = Claim(Deduplication(), "d")


async def test_an_event_is_kept_as_it_was_received(store: Store, reopen: Reopen) -> None:
    received = StoredEvent("e1", "order.created", b'{"a": 1.0,"b":"\xc3\xa9"}', "sender-7", 900, 1_000, v="2")

    assert await store.append_events([NewEvent(received)]) == NOTHING

    store = await reopen()
    assert await store.list_events() == (received,)


async def test_appending_nothing_causes_nothing(store: Store) -> None:
    assert await store.append_events([]) == NOTHING


async def test_an_event_starts_its_runs_in_order(store: Store) -> None:
    runs = (run("r1", "e1"), run("r2", "e1", function_id="other"))

    appended = await store.append_events([NewEvent(event("e1"), runs)])

    assert (appended.runs, appended.deliveries) == (runs, ())
    assert await store.ready_runs() == ("r1", "r2")


async def test_a_new_run_has_all_that_was_said_of_it(store: Store, reopen: Reopen) -> None:
    parent = Parent("caller", StepKey("invoke", 2))
    new = run("r1", "e1", at_ms=1_234, triggered_by="invoke", parent=parent)
    await store.append_events([NewEvent(event("e1", data=b'{"n":1}'), (new,))])

    loaded = await (await reopen()).load_run("r1")

    assert loaded is not None
    row = loaded.row
    assert (row.run_id, row.function_id, row.status) == ("r1", "process", RunStatus.QUEUED)
    assert (row.created_at_ms, row.started_at_ms, row.ended_at_ms) == (1_234, None, None)
    assert (row.event_ids, row.triggered_by, row.parent) == (("e1",), "invoke", parent)
    assert (loaded.events, loaded.records, loaded.deliveries) == ((event("e1", data=b'{"n":1}'),), (), ())


async def test_a_batch_starts_one_run_with_its_events_in_order(store: Store) -> None:
    await store.append_events([NewEvent(event("e1")), NewEvent(event("e2"))])
    await store.append_events([NewEvent(event("e3"), (run("r1", "e2", "e3", "e1"),))])

    loaded = await store.load_run("r1")

    assert loaded is not None
    assert [found.event_id for found in loaded.events] == ["e2", "e3", "e1"]
    for event_id in ("e1", "e2", "e3"):
        assert [row.run_id for row in await store.list_runs(RunQuery(event_id=event_id))] == ["r1"]


async def test_an_event_that_need_not_be_kept_is_kept_when_it_starts_a_run(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1"),), keep=False)])

    assert [found.event_id for found in await store.list_events()] == ["e1"]


async def test_an_event_that_need_not_be_kept_is_kept_when_it_satisfies_a_wait(store: Store) -> None:
    await start(store, "r1")
    await commit(store, "r1", 1, waiters=(waiter("r1"),))

    await store.append_events([NewEvent(event("p1", "payment"), keep=False)])

    assert [found.event_id for found in await store.list_events(name="payment")] == ["p1"]


async def test_an_event_that_need_not_be_kept_is_dropped_when_nothing_comes_of_it(store: Store) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1", claims=(ONCE,)),))])

    duplicate = run("r2", "e3", claims=(ONCE,))
    await store.append_events([NewEvent(event("e2"), keep=False), NewEvent(event("e3"), (duplicate,), keep=False)])

    assert [found.event_id for found in await store.list_events()] == ["e1"]


async def test_a_duplicate_of_a_young_run_is_not_created(store: Store) -> None:
    first = run("r1", "e1", at_ms=1_000, claims=(Claim(Deduplication(500), "d"),))
    second = run("r2", "e2", at_ms=1_499, claims=(Claim(Deduplication(500), "d"),))
    await store.append_events([NewEvent(event("e1"), (first,))])

    appended = await store.append_events([NewEvent(event("e2"), (second,))])

    assert (appended.runs, appended.deliveries) == ((), ())
    assert await store.load_run("r2") is None


async def test_a_run_is_no_duplicate_of_one_that_is_old_enough(store: Store) -> None:
    first = run("r1", "e1", at_ms=1_000, claims=(Claim(Deduplication(500), "d"),))
    second = run("r2", "e2", at_ms=1_500, claims=(Claim(Deduplication(500), "d"),))
    await store.append_events([NewEvent(event("e1"), (first,))])

    assert (await store.append_events([NewEvent(event("e2"), (second,))])).runs == (second,)


async def test_a_run_that_has_ended_still_has_no_duplicates(store: Store, reopen: Reopen) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1", claims=(ONCE,)),))])
    await end(store, "r1", first_seq=0)
    store = await reopen()

    assert (await store.append_events([NewEvent(event("e2"), (run("r2", "e2", claims=(ONCE,)),))])).runs == ()


async def test_the_same_dedup_id_of_another_function_is_no_duplicate(store: Store) -> None:
    other = Claim(Deduplication(), "of another function")
    first, second = run("r1", "e1", claims=(ONCE,)), run("r2", "e1", function_id="other", claims=(other,))

    assert (await store.append_events([NewEvent(event("e1"), (first, second))])).runs == (first, second)


async def test_a_duplicate_in_the_same_write_is_not_created(store: Store) -> None:
    first, second = run("r1", "e1", claims=(ONCE,)), run("r2", "e2", claims=(ONCE,))

    appended = await store.append_events([NewEvent(event("e1"), (first,)), NewEvent(event("e2"), (second,))])

    assert appended.runs == (first,)


async def test_a_run_with_a_later_start_is_not_due_at_once(store: Store) -> None:
    later, now = run("r1", "e1", start_at_ms=5_000), run("r2", "e1", start_at_ms=1_000)

    appended = await store.append_events([NewEvent(event("e1"), (later, now))])

    assert appended.runs == (now,)
    assert await store.ready_runs() == ("r2",)
    assert await store.next_due_ms() == 5_000


async def test_a_start_in_the_past_is_due_at_once(store: Store) -> None:
    appended = await store.append_events([NewEvent(event("e1"), (run("r1", "e1", at_ms=1_000, start_at_ms=10),))])

    assert [new.run_id for new in appended.runs] == ["r1"]
    assert await store.next_due_ms() is None


@pytest.mark.parametrize(
    "bad",
    [
        NewEvent(event("e1")),  # stored already
        NewEvent(event("e2"), (run("r2", "e2"), run("r1", "e2"))),  # a run that exists already
        NewEvent(event("e2"), (run("r2", "e2"), run("r3", "nowhere"))),  # a run of an event that is not stored
    ],
)
async def test_an_append_whose_last_part_is_invalid_leaves_nothing(store: Store, bad: NewEvent) -> None:
    await store.append_events([NewEvent(event("e1"), (run("r1", "e1"),))])
    await commit(store, "r1", 0, waiters=(waiter("r1"),))
    good = NewEvent(event("p0", "payment"), (run("r0", "p0", start_at_ms=9_000),))

    with pytest.raises(StoreError):
        await store.append_events([good, bad])

    assert [found.event_id for found in await store.list_events()] == ["e1"]
    assert [row.run_id for row in await store.list_runs(RunQuery())] == ["r1"]
    assert await store.next_due_ms() is None
    appended = await store.append_events([NewEvent(event("p1", "payment"))])
    assert [delivery.run_id for delivery in appended.deliveries] == ["r1"], "the waiter is still there"


async def test_events_are_listed_newest_first_by_name_and_page(store: Store) -> None:
    names = {"e1": "a", "e2": "b", "e3": "a", "e4": "a"}
    await store.append_events([NewEvent(event(event_id, name)) for event_id, name in names.items()])

    async def ids(name: str | None = None, before: str | None = None, limit: int = 50) -> list[str]:
        return [found.event_id for found in await store.list_events(name=name, before=before, limit=limit)]

    assert await ids() == ["e4", "e3", "e2", "e1"]
    assert await ids(limit=2) == ["e4", "e3"]
    assert await ids(before="e3", limit=2) == ["e2", "e1"]
    assert await ids("a") == ["e4", "e3", "e1"]
    assert await ids("a", before="e3") == ["e1"]
    assert await ids("c") == []
    assert await ids(limit=0) == []
