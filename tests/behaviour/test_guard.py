"""What may differ on a replay is refused while it happens, and blocks the run until the code is mended."""

import time
from contextlib import suppress

import pytest
from tests.behaviour.conftest import Placed, World, handles, status_of

from surestep import Context, Handler, Step
from surestep.core.records import RunStatus
from surestep.guard.guard import GuardMode

made: list[str] = []


def first() -> str:
    made.append("first")
    return "first"


def careless() -> Handler:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("first", first)
        with suppress(BaseException):  # nobody gets in between
            time.time()

    return process


def mended() -> Handler:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("first", first)
        ctx.now()

    return process


@pytest.mark.parametrize("guard", [GuardMode.STRICT, GuardMode.LIGHT])
async def test_a_clock_between_steps_blocks_the_run_and_mended_code_goes_on(world: World, guard: GuardMode) -> None:
    made.clear()
    async with world.run(careless(), guard=guard) as bench:
        await bench.send(Placed())
        blocked = await bench.run()
    async with world.run(mended(), guard=guard) as bench:
        await bench.engine.release_run(blocked.run.run_id)
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED

    assert blocked.run.status is RunStatus.BLOCKED
    assert blocked.error is not None
    assert blocked.error.name == "NonDeterminismError"
    assert blocked.error.message.startswith(f"D101 handler code called time.time (clock) at {__file__}:")
    assert made == ["first"]


async def test_a_violation_in_a_branch_is_not_given_to_the_others(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        async def branch() -> float:
            return time.time()

        await step.gather(branch(), step.sleep("pause", "1h"), return_exceptions=True)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED


async def test_bodies_may_do_what_they_like(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        def body() -> bool:
            return time.time() > 0

        async def later() -> bool:
            return time.monotonic() >= 0

        await step.run("plain", body)
        await step.run("later", later)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED


async def test_a_guard_that_is_off_sees_nothing(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        time.time()

    async with world.run(process, guard=GuardMode.OFF) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED
