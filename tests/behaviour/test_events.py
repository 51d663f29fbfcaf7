"""What becomes of an event: refused as a whole, deduplicated, kept for later, and handed to every function."""

import asyncio
from typing import Any, Literal

import pytest
from pydantic import JsonValue
from tests.behaviour.conftest import START_MS, OrderData, Paid, Placed, Withdrawn, World, handles, status_of

from surestep import Context, Data, Event, ExternalData, Step
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.errors import EventRejectedError
from surestep_dsl.flow import CancelOn, EventTrigger, Timeouts


@handles(Placed, result=int)
async def process(ctx: Context[Placed], step: Step) -> int:
    assert ctx.event.id
    assert ctx.event.ts > 0
    return ctx.event.data.amount


@handles(Placed, Paid, function_id="other", result=str)
async def other(ctx: Context[Placed | Paid], step: Step) -> str:
    return ctx.event.name


async def test_an_event_starts_every_function_it_triggers_and_each_once(world: World) -> None:
    async with world.run(process, other) as bench:
        await bench.send(Placed(id="once"))
        await bench.send(Placed(id="once"))
        assert [(run.run.function_id, run.result) for run in await bench.runs()] == [
            ("process", 0),
            ("other", "order/placed"),
        ]


async def test_a_function_with_two_triggers_sees_which_event_it_was(world: World) -> None:
    async with world.run(other) as bench:
        await bench.send(Placed(), Paid())
        assert [run.result for run in await bench.runs()] == ["order/placed", "order/paid"]


async def test_a_name_is_enough_and_nested_data_arrive_as_they_were_sent(world: World) -> None:
    class Empty(Data, frozen=True): ...

    class Bare(Event, frozen=True):
        name: Literal["thing/bare"] = "thing/bare"
        data: Empty = Empty()

    class Nested(Event, frozen=True):
        name: Literal["thing/nested"] = "thing/nested"
        data: ExternalData

    @handles(Bare, Nested, result=list[Any])
    async def sees(ctx: Context[Bare | Nested], step: Step) -> list[Any]:
        return [ctx.event.data.model_dump(), bool(ctx.event.id), ctx.event.ts > 0]

    world.events = (Bare, Nested)
    nested: dict[str, JsonValue] = {"a": [1, {"b": None}], "c": {"d": {"e": "ä", "f": 1.5}}}
    async with world.run(sees) as bench:
        await bench.engine.send([RawEvent("thing/bare"), RawEvent("thing/nested", nested)])
        await bench.engine.idle()
        assert [run.result for run in await bench.runs()] == [[{}, True, True], [nested, True, True]]


async def test_the_runs_that_an_event_has_started_can_be_listed(world: World) -> None:
    async with world.run(process, other) as bench:
        first, second = await bench.send(Placed(), Paid())
        of_first = await bench.engine.list_runs(event_id=first)
        assert sorted(run.function_id for run in of_first) == ["other", "process"]
        assert [run.function_id for run in await bench.engine.list_runs(event_id=second)] == ["other"]


async def test_500_requests_at_once_are_all_accepted(world: World) -> None:
    async with world.run(process) as bench:
        ids = await asyncio.gather(*(bench.engine.send([RawEvent("order/placed")]) for _ in range(500)))
        await bench.engine.idle()
        runs = await bench.runs()
    assert len({event_id for [event_id] in ids}) == 500
    assert [run.run.status for run in runs] == [RunStatus.COMPLETED] * 500


async def test_an_event_that_matches_two_triggers_of_a_function_starts_one_run(world: World) -> None:
    both = handles(Placed, function_id="both", triggers=(EventTrigger("order/placed"), EventTrigger("order/*")))

    async with world.run(both(process.call)) as bench:
        await bench.send(Placed())
        assert len(await bench.runs()) == 1


async def test_a_pattern_takes_names_below_it_and_no_others(world: World) -> None:
    async def names(ctx: Context[Placed], step: Step) -> str:
        return ctx.event.name

    wild = handles(Placed, Paid, Withdrawn, function_id="wild", triggers=(EventTrigger("order/p*"),), result=str)

    async with world.run(wild(names)) as bench:
        await bench.send(Placed(), Withdrawn(), Paid())
        assert [run.result for run in await bench.runs()] == ["order/placed", "order/paid"]


async def test_a_star_may_stand_anywhere_in_a_pattern(world: World) -> None:
    async def names(ctx: Context[Placed], step: Step) -> str:
        return ctx.event.name

    wild = handles(Placed, Paid, Withdrawn, function_id="wild", triggers=(EventTrigger("*/p*d"),), result=str)

    async with world.run(wild(names)) as bench:
        await bench.send(Placed(), Withdrawn(), Paid())
        assert [run.result for run in await bench.runs()] == ["order/placed", "order/paid"]


async def test_a_triggers_condition_counts_for_its_own_event_only(world: World) -> None:
    triggers = (
        EventTrigger("order/placed", "event.data.amount > 5"),
        EventTrigger("order/paid", "event.data.amount < 5"),
    )
    picky = handles(Placed, Paid, function_id="picky", triggers=triggers, result=str)

    async def names(ctx: Context[Placed], step: Step) -> str:
        return ctx.event.name

    async with world.run(picky(names)) as bench:
        low, high = OrderData(amount=1), OrderData(amount=9)
        await bench.send(Placed(data=low), Paid(data=high))
        assert await bench.runs() == []
        await bench.send(Placed(data=high), Paid(data=low))
        assert [run.result for run in await bench.runs()] == ["order/placed", "order/paid"]


async def test_an_id_counts_for_24_hours_from_its_first_reception(world: World) -> None:
    async with world.run(process) as bench:
        for _ in range(5):
            await bench.send(Placed(id="abc"))
        await bench.send(Placed(id="def"))
        assert len(await bench.runs()) == 2
        await bench.advance("23h59m59s999ms")
        await bench.send(Placed(id="abc"))
        assert len(await bench.runs()) == 2
        await bench.advance("1ms")
        await bench.send(Placed(id="abc"))
        assert len(await bench.runs()) == 3
        assert len(await bench.engine.list_events(name="order/placed")) == 8


async def test_a_duplicate_still_resumes_waits(world: World) -> None:
    @handles(Placed, result=int)
    async def waits(ctx: Context[Placed], step: Step) -> int:
        paid = await step.wait_for_event("payment", Paid, timeout="1h")
        return -1 if paid is None else paid.data.amount

    async with world.run(waits, other) as bench:
        await bench.send(Paid(id="p"))
        await bench.send(Placed())
        await bench.send(Paid(id="p", data=OrderData(amount=7)))
        assert (await bench.run("waits")).result == 7
        assert [run.result for run in await bench.runs("other")] == ["order/paid", "order/placed"]


async def test_an_event_of_the_future_queues_its_run_until_then(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed(ts=START_MS + 3_600_000))
        assert await status_of(bench) is RunStatus.QUEUED
        await bench.advance("59m59s")
        assert await status_of(bench) is RunStatus.QUEUED
    async with world.run(process) as bench:
        await bench.advance("1s")
        run = await bench.run()
        assert (run.run.status, run.run.started_at_ms) == (RunStatus.COMPLETED, START_MS + 3_600_000)


async def test_a_queued_run_can_be_cancelled_and_its_start_timeout_counts_from_ts(world: World) -> None:
    cancel_on, timeouts = (CancelOn("order/withdrawn"),), Timeouts(start_ms=1_000)
    declared = handles(Placed, function_id="patient", result=int, cancel_on=cancel_on, timeouts=timeouts)
    patient = declared(process.call)

    async with world.run(patient) as bench:
        await bench.send(Placed(ts=START_MS + 60_000))
        await bench.advance("59s")
        assert await status_of(bench) is RunStatus.QUEUED
        await bench.send(Withdrawn())
        assert await status_of(bench) is RunStatus.CANCELLED
        await bench.send(Placed(ts=START_MS + 120_000))
        await bench.finish()
        assert (await bench.runs())[1].run.status is RunStatus.COMPLETED


async def test_releasing_a_queued_run_does_not_start_it(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed(ts=START_MS + 3_600_000))
        run = await bench.run()
        assert await bench.engine.release_run(run.run.run_id) is False
        await bench.advance("1m")
        assert await status_of(bench) is RunStatus.QUEUED


async def test_an_event_of_the_past_starts_its_run_now(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed(ts=START_MS - 3_600_000))
        assert (await bench.run()).run.started_at_ms == START_MS


@pytest.mark.parametrize(
    ("event", "fault", "hint"),
    [
        (RawEvent("order/place"), "event 1 (order/place) refused: name: no such event is declared", "order/placed"),
        (RawEvent("zzz"), "event 1 (zzz) refused: name: no such event is declared", "declare it"),
        (
            RawEvent("order/placed", {"amount": "x", "order_id": 1}),
            (
                "event 1 (order/placed) refused: data.order_id: must be a text, not a number; "
                "data.amount: must be a whole number, not a text"
            ),
            None,
        ),
        (
            RawEvent("inngest/function.failed"),
            "event 1 (inngest/function.failed) refused: name: names under inngest/ are the engine's own",
            None,
        ),
        (
            RawEvent("order/placed", ts=4_102_444_800_001),
            "event 1 (order/placed) refused: ts: not between 1980 and 2100 in Unix milliseconds",
            None,
        ),
        (
            RawEvent("order/placed", ts=1),
            "event 1 (order/placed) refused: ts: not between 1980 and 2100 in Unix milliseconds",
            None,
        ),
        (
            RawEvent("order/placed", {"order_id": "x" * 600_000}),
            "event 1 (order/placed) refused: data: 600015 bytes; the limit EVENT_BYTES is 524288",
            None,
        ),
        (
            RawEvent("order/placed", id="i" * 1_001),
            "event 1 (order/placed) refused: id: 1001 characters; the limit EVENT_ID_CHARS is 1000",
            None,
        ),
        (
            RawEvent("n" * 1_001),
            f"event 1 ({'n' * 100}...) refused: name: 1001 characters; the limit EVENT_ID_CHARS is 1000",
            None,
        ),
    ],
)
async def test_one_event_that_does_not_fit_refuses_the_whole_request(
    world: World, event: RawEvent, fault: str, hint: str | None
) -> None:
    async with world.run(process) as bench:
        with pytest.raises(EventRejectedError) as caught:
            await bench.engine.send([RawEvent("order/placed"), event, RawEvent("order/placed")])
        assert (caught.value.position, str(caught.value)) == (1, fault)
        assert (hint or "") in (caught.value.hint or "")
        assert await bench.engine.list_events() == []
        assert await bench.runs() == []


@pytest.mark.parametrize(
    "event",
    [
        RawEvent("order/placed", {"order_id": "\udcff"}),
        RawEvent("order/placed", id="\udcff"),
        RawEvent("order/placed", {"order_id": object()}),  # type: ignore[dict-item]
    ],
    ids=["half a pair", "half a pair as id", "no JSON"],
)
async def test_an_event_that_json_cannot_express_refuses_the_whole_request(world: World, event: RawEvent) -> None:
    async with world.run() as bench:
        with pytest.raises(EventRejectedError, match=r"^event 1 \(order/placed\) refused: cannot be written as JSON: "):
            await bench.engine.send([RawEvent("order/placed"), event])
        assert await bench.engine.list_events() == []


async def test_more_than_5000_events_in_one_request_are_refused(world: World) -> None:
    async with world.run(process) as bench:
        with pytest.raises(EventRejectedError, match="the limit EVENTS_PER_REQUEST is 5000"):
            await bench.engine.send([RawEvent("order/placed")] * 5_001)
        assert await bench.engine.list_events() == []


async def test_what_other_clients_add_for_themselves_is_dropped(world: World) -> None:
    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed", {"amount": 1, "_inngest": {"x": 1}})])
        [event] = await bench.engine.list_events(name="order/placed")
        assert event.data == {"order_id": "o-1", "amount": 1}


async def test_ids_come_back_in_order_and_grow(world: World) -> None:
    async with world.run(process) as bench:
        ids = await bench.send(*(Placed() for _ in range(200)))
        run_ids = [run.run.run_id for run in await bench.runs()]
    assert ids == sorted(set(ids))
    assert len(ids) == 200
    assert run_ids == sorted(set(run_ids))
    assert all(len(run_id) == 26 for run_id in run_ids)


async def test_without_functions_events_are_kept_all_the_same(world: World) -> None:
    async with world.run(other) as bench:
        await bench.send(Withdrawn())
    async with world.run(other) as bench:
        assert [event.name for event in await bench.engine.list_events()] == ["order/withdrawn"]
