"""A singleton: one live run per key; the new one is skipped, or the old one is cancelled."""

import asyncio
from typing import Any

import pytest
from tests.behaviour.conftest import START_MS, LastingStore, OrderData, Paid, Placed, World, handles, result_of

from surestep import Context, Handler, Step
from surestep.authoring.system import FunctionFinished
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.engines.waiters import waiter_matches
from surestep.errors import InvokeError, InvokeSkippedError
from surestep.testing import Bench
from surestep_dsl.flow import EventTrigger, Singleton, SingletonMode


def one_at_a_time(mode: SingletonMode, key: str | None = None) -> Handler:
    @handles(Placed, Paid, function_id="single", singleton=Singleton(mode, key), result=int)
    async def single(ctx: Context[Placed | Paid], step: Step) -> int:
        await step.sleep("work", "1m")
        return ctx.event.data.amount

    return single


def order(order_id: str, amount: int = 0, **more: Any) -> Placed:
    return Placed(data=OrderData(order_id=order_id, amount=amount), **more)


async def statuses(bench: Bench, function_id: str = "single") -> list[RunStatus]:
    return [run.run.status for run in await bench.runs(function_id)]


async def test_while_a_run_lives_others_are_skipped_and_say_why(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await bench.send(order("a", 1), order("b", 2))
        first, second = await bench.runs()
        assert (first.run.status, second.run.status) == (RunStatus.WAITING, RunStatus.SKIPPED)
        assert second.error is not None
        assert (second.error.name, second.error.message) == (
            "RunSkipped",
            f"singleton: run {first.run.run_id} has not ended",
        )
        assert (second.run.started_at_ms, second.run.ended_at_ms, second.steps) == (None, START_MS, ())
        assert [event.data for event in second.events] == [{"order_id": "b", "amount": 2}]
        await bench.finish()
        await bench.send(order("c", 3))
        await bench.finish()
        assert [run.result for run in await bench.runs()] == [1, None, 3]


async def test_the_place_is_kept_over_a_restart(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await bench.send(order("a"))
        await world.crash(bench)
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await bench.advance("1s")
        await bench.send(order("b"))
        assert await statuses(bench) == [RunStatus.WAITING, RunStatus.SKIPPED]


async def test_the_new_run_takes_the_place_of_the_old_one(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.CANCEL)) as bench:
        await bench.send(order("a", 1))
        await bench.advance("30s")
        await bench.send(order("b", 2))
        await bench.finish()
        first, second = await bench.runs()
        assert (first.run.status, second.run.status, second.result) == (RunStatus.CANCELLED, RunStatus.COMPLETED, 2)
        assert first.error is not None
        assert first.error.message == "singleton: a newer run takes its place"


async def test_of_many_in_one_request_the_last_one_stays(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.CANCEL)) as bench:
        await bench.send(*(order("a", amount) for amount in range(5)))
        await bench.finish()
        assert await statuses(bench) == [RunStatus.CANCELLED] * 4 + [RunStatus.COMPLETED]


async def test_each_key_has_its_own_run(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP, "event.data.order_id")) as bench:
        await bench.send(order("a"), order("b"), order("a"))
        assert await statuses(bench) == [RunStatus.WAITING, RunStatus.WAITING, RunStatus.SKIPPED]


async def test_a_run_queued_for_later_holds_its_place(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await bench.send(order("a", ts=START_MS + 3_600_000), order("b"))
        assert await statuses(bench) == [RunStatus.QUEUED, RunStatus.SKIPPED]


async def test_a_key_that_is_false_lets_all_run(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP, "event.data.amount > 5")) as bench:
        await bench.send(order("a", 1), order("b", 1), order("c", 9), order("d", 9))
        expected = [RunStatus.WAITING, RunStatus.WAITING, RunStatus.WAITING, RunStatus.SKIPPED]
        assert await statuses(bench) == expected


@pytest.mark.parametrize("key", ["1 / event.data.amount", "event.data.nothing.here"])
async def test_keys_that_fail_are_a_group_of_their_own_and_are_logged(
    world: World, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP, key)) as bench:
        await bench.send(order("a", 0, id="first"), order("b", 0, id="second"))
        assert await statuses(bench) == [RunStatus.WAITING, RunStatus.SKIPPED]
    assert f"key {key!r} fails on event first" in caplog.text
    assert caplog.text.count("fails on event second") == 1, "a key is evaluated once"


async def test_a_failing_key_is_no_value(world: World) -> None:
    key = "event.data.amount == 0 ? 1 / event.data.amount : event.data.order_id"
    async with world.run(one_at_a_time(SingletonMode.SKIP, key)) as bench:
        await bench.send(order("x", 0), order("null", 1), order("", 1))
        assert await statuses(bench) == [RunStatus.WAITING] * 3


async def test_a_skipped_run_does_not_go_on_and_its_end_is_not_told(world: World) -> None:
    told: list[str] = []

    @handles(FunctionFinished)
    async def hears(ctx: Context[FunctionFinished], step: Step) -> None:
        told.append(ctx.event.data.run_id)

    async with world.run(one_at_a_time(SingletonMode.SKIP), hears) as bench:
        await bench.send(order("a"), order("b"))
        first, second = await bench.runs("single")
        assert await bench.engine.cancel_run(second.run.run_id) is False
        await bench.finish()
    async with world.run(one_at_a_time(SingletonMode.SKIP), hears) as bench:
        assert await statuses(bench) == [RunStatus.COMPLETED, RunStatus.SKIPPED]
    assert told == [first.run.run_id]


async def test_a_duplicate_is_not_shown_as_skipped_and_takes_nobodys_place(world: World) -> None:
    for mode in SingletonMode:
        world.path = world.path.with_name(f"{mode}.db")
        world.memory = LastingStore(waiter_matches)
        async with world.run(one_at_a_time(mode)) as bench:
            await bench.send(order("a", id="once"))
            await bench.send(order("b", id="once"))
            assert await statuses(bench) == [RunStatus.WAITING]


async def test_what_was_skipped_may_be_sent_again_with_its_id(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await bench.send(order("a", id="first"), order("b", id="second"))
        await bench.finish()
        await bench.send(order("b", id="second"))
        await bench.finish()
        assert await statuses(bench) == [RunStatus.COMPLETED, RunStatus.SKIPPED, RunStatus.COMPLETED]


async def test_other_functions_run_on_the_same_event(world: World) -> None:
    @handles(Placed)
    async def other(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(one_at_a_time(SingletonMode.SKIP), other) as bench:
        await bench.send(order("a"), order("b"))
        assert await statuses(bench, "other") == [RunStatus.COMPLETED] * 2


async def test_an_invoke_of_a_skipped_function_fails_at_once(world: World) -> None:
    single = one_at_a_time(SingletonMode.SKIP)
    invoked = handles(
        Placed, function_id="single", takes=OrderData, result=int, singleton=Singleton(SingletonMode.SKIP)
    )

    @handles(Paid, triggers=(EventTrigger("order/paid"),), result=str)
    async def caller(ctx: Context[Paid], step: Step) -> str:
        try:
            await step.invoke("call", callee.function, OrderData(), timeout="1h")
        except InvokeError as error:
            return f"{type(error).__name__} {error.message.partition(':')[0]}"
        return "no error"

    callee = invoked(single.call)
    async with world.run(callee, caller) as bench:
        await bench.send(order("a"))
        await bench.send(Paid())
        assert await result_of(bench, "caller") == f"{InvokeSkippedError.__name__} singleton"
        [first, second] = await bench.runs("single")
        assert (first.run.status, second.run.status) == (RunStatus.WAITING, RunStatus.SKIPPED)


async def test_concurrent_senders_get_one_run(world: World) -> None:
    async with world.run(one_at_a_time(SingletonMode.SKIP)) as bench:
        await asyncio.gather(*(bench.engine.send([RawEvent("order/placed")]) for _ in range(50)))
        found = await statuses(bench)
        assert (found.count(RunStatus.SKIPPED), len(found)) == (49, 50)
