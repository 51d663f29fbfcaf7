import asyncio

from tests.behaviour.conftest import Placed, handles

from surestep import Context, Step
from surestep.testing import Bench, InlineRegistry


async def test_a_run_that_was_only_just_created_does_not_hold_up_a_stop() -> None:
    @handles(Placed)
    async def order(ctx: Context[Placed], step: Step) -> None:
        raise AssertionError("it begins although the engine stops")

    bench = Bench(InlineRegistry("shop", (Placed,), [order]))
    async with asyncio.timeout(5):
        await bench.__aenter__()
        bench.engine._fleet._start("r1", None)  # its task has had no turn of the loop yet
        await bench.engine.close(at_once=True)
