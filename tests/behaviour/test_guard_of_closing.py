"""What is put aside, or given up, runs its `finally` blocks under the guard, and to the end."""

import time

import pytest
from tests.behaviour.conftest import Placed, World, handles, status_of

from surestep import Context, Step
from surestep.core.records import RunStatus

done: list[str] = []


async def test_a_handler_put_aside_clears_up_and_the_log_tells_what_it_may_not_do(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    done.clear()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        try:
            await step.sleep("pause", "1h")
        except GeneratorExit:
            time.time()
            done.append("cleared up")
            raise

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await status_of(bench) is RunStatus.WAITING
    async with world.run(process) as bench:
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED

    assert "cleared up" in done
    told = [record.getMessage() for record in caplog.records if "put aside" in record.getMessage()]
    assert told != []
    assert told[0].startswith("R300 while the waiting handler of run ")
    assert f"D101 handler code called time.time (clock) at {__file__}:" in told[0]


async def test_a_branch_given_up_at_the_end_blocks_the_run(world: World) -> None:
    done.clear()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        async def waits() -> None:
            try:
                await step.sleep("pause", "1h")
            finally:
                time.time()
                done.append("cleared up")

        async def fails() -> None:
            await step.run("nothing", int)
            raise ValueError("no")

        try:
            await step.gather(waits(), fails())
        except ValueError:
            return

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
    assert "cleared up" in done


async def test_a_violation_cannot_be_hidden_in_a_group_of_errors(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        async def branch() -> float:
            try:
                return time.time()
            except BaseException as error:  # noqa: BLE001 -- nobody gets in between
                raise BaseExceptionGroup("several", [error, ValueError("other")]) from None

        try:
            await step.gather(branch(), step.run("nothing", int))
        except* Exception:  # noqa: BLE001 -- as above
            await step.sleep("pause", "1h")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
        found = (await bench.run()).error
    assert found is not None
    assert found.name == "NonDeterminismError"
    assert "surestep/" not in found.stack.replace(__file__, "")
