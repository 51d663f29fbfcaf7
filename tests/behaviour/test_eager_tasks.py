"""Programs may make their tasks eager; the engine does not depend on it."""

import asyncio
import sys

import pytest
from tests.behaviour.conftest import Placed, World, handles, result_of

from surestep import Context, Step

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")


async def test_runs_go_on_where_tasks_are_eager(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        first = await step.run("one", one)
        await step.sleep("rest", "1h")
        return first + sum(await step.gather(step.run("two", one), step.run("three", one)))

    loop = asyncio.get_running_loop()
    loop.set_task_factory(vars(asyncio)["eager_task_factory"])
    try:
        async with world.run(process) as bench:
            await bench.send(Placed())
        async with world.run(process) as bench:  # the handler is replayed, from a run that has to be read
            await bench.finish()
            assert await result_of(bench) == 3
    finally:
        loop.set_task_factory(None)


async def one() -> int:
    return 1
