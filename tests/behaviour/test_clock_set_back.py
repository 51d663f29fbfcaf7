"""A clock that is set back confuses no order and stops no throttle."""

from tests.behaviour.conftest import START_MS, Paid, Placed, World, handles, result_of

from surestep import Context, Step
from surestep_dsl.flow import Throttle


@handles(Placed, result=str)
async def order(ctx: Context[Placed], step: Step) -> str:
    await step.sleep("pause", "10s")
    paid = await step.wait_for_event("payment", Paid, timeout="1h", lookback="run")
    return "paid" if paid else "unpaid"


async def test_a_wait_looks_back_to_what_came_after_its_trigger_by_order_and_not_by_clock(world: World) -> None:
    async with world.run(order) as bench:
        await bench.send(Placed())
    world.clock._now_ms -= 3_600_000
    async with world.run(order) as bench:
        await bench.send(Paid())
        await bench.finish("3h")
        assert await result_of(bench) == "paid"


async def test_lists_are_in_the_order_of_reception(world: World) -> None:
    async with world.run(order) as bench:
        first = await bench.send(Placed())
    world.clock._now_ms -= 3_600_000
    async with world.run(order) as bench:
        second = await bench.send(Paid())
        assert [event.event_id for event in await bench.engine.list_events()] == second + first


async def test_a_throttle_is_not_stopped_for_as_long_as_the_clock_was_set_back(world: World) -> None:
    @handles(Placed, throttle=Throttle(1, 60_000))
    async def spaced(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(spaced) as bench:
        await bench.send(Placed(), Placed(), Placed())
        await world.clock.advance_to(START_MS - 3_600_000)
        await bench.finish("10m")
        begun = [run.run.started_at_ms for run in await bench.runs()]
        assert begun == [START_MS, START_MS - 3_540_000, START_MS - 3_480_000]
