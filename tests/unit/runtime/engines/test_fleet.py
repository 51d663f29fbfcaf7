import asyncio

from tests.behaviour.conftest import Placed, handles

from surestep import Context, Step
from surestep.engines.api import RawEvent
from surestep.testing import Bench, InlineRegistry


async def test_a_run_that_was_only_just_created_does_not_hold_up_a_stop() -> None:
    @handles(Placed)
    async def order(ctx: Context[Placed], step: Step) -> None:
        raise AssertionError("it begins although the engine stops")

    bench = Bench(InlineRegistry("shop", (Placed,), [order]))
    async with asyncio.timeout(180):
        await bench.__aenter__()
        await bench.engine.send([RawEvent("order/placed", {})])
        bench.engine._fleet.wake("r1")  # is to be read from the store; neither has had a turn of the loop yet
        await bench.engine.close(at_once=True)
