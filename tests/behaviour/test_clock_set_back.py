"""A clock that is set back between two lives of an engine confuses no order."""

from tests.behaviour.conftest import Paid, Placed, World, handles, result_of

from surestep import Context, Step


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
