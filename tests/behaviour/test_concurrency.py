"""At most so many turns and bodies, or whole runs, at once; the others wait in order, fairly among keys."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.behaviour.conftest import TWICE, OrderData, Paid, Placed, World, handles, result_of, settle

from surestep import Context, Handler, Step
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked, Signal, TimerDue, TimerPurpose
from surestep.engines.api import RawEvent
from surestep.testing import Bench, VirtualClock
from surestep_dsl.flow import Concurrency, Timeouts


class Meter:
    """Bodies that take ten seconds, and how many were in progress at once."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.order: list[str] = []

    async def work(self, name: str) -> str:
        for group in ("all", name[:1]):
            self.now[group] += 1
            self.most[group] = max(self.most[group], self.now[group])
        self.order.append(name)
        await self.clock.sleep_until(self.clock.now_ms() + 10_000)
        for group in ("all", name[:1]):
            self.now[group] -= 1
        return name


@pytest.fixture
def meter(world: World) -> Meter:
    return Meter(world.clock)


async def pass_time(bench: Bench, meter: Meter, seconds: int) -> None:
    """Bodies sleep by the clock, and while they do the engine is not idle: so time is moved by hand."""
    for _ in range(seconds):
        await settle(bench)
        await meter.clock.advance_to(meter.clock.now_ms() + 1_000)
    await settle(bench)


async def send(bench: Bench, *order_ids: str, paid: bool = False) -> None:
    name = "order/paid" if paid else "order/placed"
    await bench.engine.send([RawEvent(name, {"order_id": order_id}) for order_id in order_ids])


def one_step(meter: Meter, *limits: Concurrency, function_id: str = "work", event: type = Placed) -> Handler:
    @handles(event, function_id=function_id, concurrency=limits, result=str)
    async def work(ctx: Context[Placed], step: Step) -> str:
        return await step.run("work", meter.work, ctx.event.data.order_id)

    return work


async def test_never_more_bodies_than_the_limit_and_they_go_in_order(world: World, meter: Meter) -> None:
    async with world.run(one_step(meter, Concurrency(2))) as bench:
        await send(bench, "a", "b", "c", "d", "e")
        await pass_time(bench, meter, 35)
        assert (meter.most["all"], meter.order) == (2, ["a", "b", "c", "d", "e"])
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED] * 5


async def test_a_waiting_run_has_not_begun(world: World, meter: Meter) -> None:
    async with world.run(one_step(meter, Concurrency(1))) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, meter, 1)
        first, second = await bench.runs()
        assert (first.run.status, second.run.status) == (RunStatus.RUNNING, RunStatus.QUEUED)
        assert second.run.started_at_ms is None
        await pass_time(bench, meter, 25)


async def test_parallel_steps_of_one_run_count_one_by_one(world: World, meter: Meter) -> None:
    @handles(Placed, concurrency=(Concurrency(2),), result=str)
    async def work(ctx: Context[Placed], step: Step) -> str:
        found = await step.gather(*(step.run(f"part-{number}", meter.work, f"p{number}") for number in range(5)))
        return ",".join(found)

    async with world.run(work) as bench:
        await send(bench, "a")
        await pass_time(bench, meter, 35)
        assert await result_of(bench) == "p0,p1,p2,p3,p4"
        assert meter.most["all"] == 2


async def test_a_sleeping_run_leaves_its_place_to_others(world: World, meter: Meter) -> None:
    @handles(Placed, concurrency=(Concurrency(1),))
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("before", meter.work, ctx.event.data.order_id)
        await step.sleep("pause", "1h")
        await step.run("after", meter.work, ctx.event.data.order_id.upper())

    async with world.run(work) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, meter, 25)
        assert [run.run.status for run in await bench.runs()] == [RunStatus.WAITING] * 2
        assert meter.order == ["a", "b"]
        await meter.clock.advance_to(meter.clock.now_ms() + 3_600_000)
        await pass_time(bench, meter, 25)
        assert (meter.order, meter.most["all"]) == (["a", "b", "A", "B"], 1)


async def test_a_limit_of_whole_runs_counts_sleeping_ones(world: World, meter: Meter) -> None:
    @handles(Placed, concurrency=(Concurrency(1, per="run"),))
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("before", meter.work, ctx.event.data.order_id)
        await step.sleep("pause", "1m")
        await step.run("after", meter.work, ctx.event.data.order_id.upper())

    async with world.run(work) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, meter, 85)
        assert meter.order == ["a", "A", "b"]
        await pass_time(bench, meter, 85)
        assert meter.order == ["a", "A", "b", "B"]


async def test_each_key_has_its_own_places(world: World, meter: Meter) -> None:
    async with world.run(one_step(meter, Concurrency(1, key="event.data.order_id"))) as bench:
        await send(bench, "a", "a", "b", "b", "c")
        await pass_time(bench, meter, 25)
        assert (meter.most["all"], meter.most["a"], meter.most["b"]) == (3, 1, 1)


async def test_two_limits_hold_together(world: World, meter: Meter) -> None:
    limits = (Concurrency(3), Concurrency(1, key="event.data.order_id"))
    async with world.run(one_step(meter, *limits)) as bench:
        await send(bench, *"aabbccddee")
        await pass_time(bench, meter, 55)
        assert (meter.most["all"], meter.most["a"]) == (3, 1)
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED] * 10


async def test_keys_take_turns_however_many_wait(world: World, meter: Meter) -> None:
    limits = (Concurrency(1), Concurrency(1, key="event.data.order_id"))
    async with world.run(one_step(meter, *limits)) as bench:
        await send(bench, *("a" * 30), "b", "c")
        await pass_time(bench, meter, 55)
        assert set(meter.order[:4]) == {"a", "b", "c"}
        await world.crash(bench)


async def test_functions_of_an_app_share_a_limit_by_the_text_of_its_key(world: World, meter: Meter) -> None:
    shared = Concurrency(1, key="event.data.order_id", scope="app")
    one, other = one_step(meter, shared), one_step(meter, shared, function_id="other", event=Paid)
    async with world.run(one, other) as bench:
        await send(bench, "a", "b")
        await send(bench, "a", "b", paid=True)
        await pass_time(bench, meter, 25)
        assert (meter.most["a"], meter.most["b"], meter.most["all"], len(meter.order)) == (1, 1, 2, 4)


async def test_a_run_that_waits_can_be_cancelled(world: World, meter: Meter) -> None:
    async with world.run(one_step(meter, Concurrency(1))) as bench:
        await send(bench, "a", "b", "c")
        await pass_time(bench, meter, 1)
        second = (await bench.runs())[1]
        assert await bench.engine.cancel_run(second.run.run_id)
        await pass_time(bench, meter, 1)
        assert (await bench.runs())[1].run.status is RunStatus.CANCELLED
        await pass_time(bench, meter, 25)
        assert meter.order == ["a", "c"]


async def test_the_time_to_start_passes_while_a_run_waits(world: World, meter: Meter) -> None:
    limited = handles(
        Placed, function_id="work", concurrency=(Concurrency(1),), timeouts=Timeouts(start_ms=5_000), result=str
    )
    async with world.run(limited(one_step(meter).call)) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, meter, 15)
        first, second = await bench.runs()
        assert (first.run.status, second.run.status) == (RunStatus.COMPLETED, RunStatus.CANCELLED)


@pytest.mark.parametrize("per", ["step", "run"])
async def test_limits_hold_after_a_crash_and_all_runs_are_carried_out(world: World, meter: Meter, per: str) -> None:
    limit = Concurrency(2, key="event.data.amount", per="run" if per == "run" else "step")
    async with world.run(one_step(meter, limit)) as bench:
        await send(bench, *"abcdef")
        await pass_time(bench, meter, 15)
        await world.crash(bench)
    meter.now.clear()
    async with world.run(one_step(meter, limit)) as bench:
        await pass_time(bench, meter, 35)
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED] * 6
    assert meter.most["all"] == 2


async def test_a_retried_body_gives_its_place_up_between_attempts(world: World, meter: Meter) -> None:
    seen: list[str] = []

    def note(name: str) -> Callable[[], Coroutine[Any, Any, str]]:
        async def body() -> str:
            seen.append(name)
            if name == "a" and seen.count("a") == 1:
                raise ValueError("flaky")
            return await meter.work(name)

        return body

    @handles(Placed, concurrency=(Concurrency(1),), retries=TWICE)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("work", note(ctx.event.data.order_id))

    async with world.run(work) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, meter, 25)
        assert seen == ["a", "b", "a"]
        assert meter.most["all"] == 1


async def test_what_is_invoked_waits_as_anything_else(world: World, meter: Meter) -> None:
    @handles(Paid, triggers=(), function_id="child", takes=OrderData, concurrency=(Concurrency(1),), result=str)
    async def child(ctx: Context[Paid], step: Step) -> str:
        return await step.run("work", meter.work, ctx.event.data.order_id)

    @handles(Placed, result=str)
    async def caller(ctx: Context[Placed], step: Step) -> str:
        one, two = await step.gather(
            step.invoke("one", child.function, OrderData(order_id="a"), timeout="1h"),
            step.invoke("two", child.function, OrderData(order_id="b"), timeout="1h"),
        )
        return f"{one},{two}"

    async with world.run(caller, child) as bench:
        await send(bench, "x")
        await pass_time(bench, meter, 25)
        assert await result_of(bench, "caller") == "a,b"
        assert meter.most["all"] == 1


@pytest.mark.parametrize("told", [CancelAsked("enough"), TimerDue(TimerPurpose.FINISH_TIMEOUT)])
async def test_a_run_that_was_told_to_end_before_a_crash_waits_for_no_place(world: World, told: Signal) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    @handles(Placed, concurrency=(Concurrency(1),))
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", "1s" if ctx.event.data.order_id == "a" else "1h")
        await step.run("work", hang)

    async with world.run(work) as bench:
        await send(bench, "a", "b")
        await pass_time(bench, Meter(world.clock), 2)
        first, second = await bench.runs()
        assert (first.run.status, second.run.status) == (RunStatus.RUNNING, RunStatus.WAITING)
        await bench.store.signal(second.run.run_id, told)
        await world.crash(bench)
    async with world.run(work) as bench:
        await pass_time(bench, Meter(world.clock), 1)
        first, second = await bench.runs()
        assert (first.run.status, second.run.status) == (RunStatus.RUNNING, RunStatus.CANCELLED)
        await world.crash(bench)
