"""Throttles: starts are spaced, a burst goes at once, nothing is dropped; what is inside a run is not spaced."""

import asyncio
from typing import Any

import pytest
from tests.behaviour.conftest import START_MS, OrderData, Placed, World, handles, settle

from surestep import Context, Handler, Step
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.testing import Bench
from surestep_dsl.flow import Concurrency, Singleton, SingletonMode, Throttle


def throttled(rule: Throttle, **options: Any) -> Handler:
    @handles(Placed, function_id="work", throttle=rule, **options)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("one", str)
        await step.run("two", str)

    return work


def order(order_id: str = "a", amount: int = 0) -> Placed:
    return Placed(data=OrderData(order_id=order_id, amount=amount))


async def starts(bench: Bench) -> list[int | None]:
    """When runs began, in seconds from the beginning, oldest first."""
    begun = [run.run.started_at_ms for run in await bench.runs()]
    return [None if at_ms is None else (at_ms - START_MS) // 1_000 for at_ms in begun]


@pytest.mark.parametrize("throttle", [Throttle(2, 60_000), Throttle(2, 60_000, burst=0), Throttle(2, 60_000, burst=1)])
async def test_starts_are_spaced_and_nothing_is_dropped(world: World, throttle: Throttle) -> None:
    async with world.run(throttled(throttle)) as bench:
        await bench.send(*[order()] * 5)
        assert await starts(bench) == [0, None, None, None, None]
        await bench.finish()
        assert await starts(bench) == [0, 30, 60, 90, 120]
        assert {run.run.status for run in await bench.runs()} == {RunStatus.COMPLETED}


async def test_the_burst_goes_at_once_after_a_quiet_time(world: World) -> None:
    async with world.run(throttled(Throttle(2, 60_000, burst=3))) as bench:
        await bench.send(*[order()] * 5)
        await bench.finish()
        await bench.advance("10m")
        await bench.send(*[order()] * 4)
        await bench.finish()
        assert await starts(bench) == [0, 0, 0, 30, 60, 660, 660, 660, 690]


async def test_each_key_has_its_own_pace(world: World) -> None:
    async with world.run(throttled(Throttle(1, 60_000, key="event.data.order_id"))) as bench:
        await bench.send(order("a"), order("b"), order("c"), order("a"))
        await bench.finish()
        assert await starts(bench) == [0, 0, 0, 60]


async def test_the_pace_is_kept_over_a_crash(world: World) -> None:
    rule = Throttle(1, 60_000)
    async with world.run(throttled(rule)) as bench:
        await bench.send(order(), order(), order())
        await bench.advance("70s")
        await world.crash(bench)
    async with world.run(throttled(rule)) as bench:
        await bench.finish()
        assert await starts(bench) == [0, 60, 120]


async def test_a_cancelled_run_leaves_its_turn_to_the_next(world: World) -> None:
    async with world.run(throttled(Throttle(1, 60_000))) as bench:
        await bench.send(order(), order(), order())
        await bench.advance("10s")
        await bench.engine.cancel_run((await bench.runs())[1].run.run_id)
        await bench.finish()
        assert await starts(bench) == [0, None, 60]


async def test_higher_priority_goes_first_and_a_failing_one_counts_as_none(world: World) -> None:
    urgent = throttled(Throttle(1, 1_000), priority="event.data.amount == 7 ? 1 / 0 : int(event.data.amount)")
    async with world.run(urgent) as bench:
        await bench.send(order(amount=0), order(amount=1), order(amount=7), order(amount=300), order(amount=9_999))
        await bench.finish()
        assert await starts(bench) == [0, 3, 4, 2, 1]


async def test_priority_cannot_starve_what_waits(world: World) -> None:
    urgent = throttled(Throttle(1, 60_000), priority="int(event.data.amount)")
    async with world.run(urgent) as bench:
        await bench.send(order(), order())
        for _ in range(15):
            await bench.send(order(amount=600), order(amount=600))
            await bench.advance("1m")
        await bench.finish()
        begun = await starts(bench)
        ahead = [at for at in begun[2:] if at is not None and begun[1] is not None and at < begun[1]]
        assert begun[1] is not None
        assert len(ahead) == 20  # those of the first ten minutes


async def test_a_throttle_and_a_limit_hold_together(world: World) -> None:
    @handles(Placed, throttle=Throttle(1, 10_000), concurrency=(Concurrency(1, per="run"),))
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("work", "25s")

    async with world.run(work) as bench:
        await bench.send(order(), order(), order())
        await bench.finish()
        assert await starts(bench) == [0, 25, 50]


async def test_a_singleton_waits_in_the_queue_as_its_only_run(world: World) -> None:
    single = throttled(Throttle(1, 60_000), singleton=Singleton(SingletonMode.SKIP, "event.data.order_id"))
    async with world.run(single) as bench:
        await bench.send(order("a"), order("b"), order("b"))
        await bench.finish()
        assert await starts(bench) == [0, 60, None]


async def test_a_start_whose_run_has_stored_nothing_else_is_kept_over_a_crash(world: World) -> None:
    hangs: list[bool] = [True]

    async def work() -> None:
        if hangs[0]:
            await asyncio.Event().wait()

    @handles(Placed, throttle=Throttle(1, 60_000), priority="int(event.data.amount)")
    async def slow(ctx: Context[Placed], step: Step) -> None:
        await step.run("one", work)

    async with world.run(slow) as bench:
        await bench.engine.send([RawEvent("order/placed", {"amount": 0})])
        await settle(bench)
        await world.crash(bench)
    hangs[0] = False
    await world.clock.advance_to(START_MS + 5_000)
    async with world.run(slow) as bench:
        await bench.send(order(amount=600))
        await bench.finish()
        assert await starts(bench) == [5, 60]  # begun again, with the turn that it had at 0
