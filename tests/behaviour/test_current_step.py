"""Helpers that are not handed `step` find it: in plain and async code, in branches, never in bodies."""

import pytest
from tests.behaviour.conftest import Placed, World, error_of, handles, result_of

from surestep import Context, Step, current_step
from surestep.errors import StepUsageError


async def fetched(what: str) -> str:
    return await current_step().run(f"fetch-{what}", lambda: what)


def later() -> object:
    return current_step().sleep("pause", "1m")


async def test_helpers_find_the_step_of_their_handler(world: World) -> None:
    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        first = await fetched("a")
        await later()  # type: ignore[misc]
        return [first, *await step.gather(fetched("b"), fetched("a"))]

    async with world.run(process) as bench:
        await bench.send(Placed(), Placed())
        await bench.finish()
        assert [run.result for run in await bench.runs()] == [["a", "b", "a"]] * 2
        assert [step.key for step in (await bench.runs())[0].steps] == ["fetch-a", "pause", "fetch-b", "fetch-a:1"]


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_body_has_no_step(world: World, *, in_thread: bool) -> None:
    def plain() -> None:
        current_step()

    async def on_the_loop() -> None:
        current_step()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("outer", plain if in_thread else on_the_loop)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "NestedStepError",
            (
                "current_step() is used inside the body of step 'outer'; "
                "return a value from the body and use the inner step in the handler"
            ),
        )


async def test_outside_of_handlers_there_is_none(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        return await step.run("one", int)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == 0
        with pytest.raises(StepUsageError, match="where no handler runs"):
            current_step()
