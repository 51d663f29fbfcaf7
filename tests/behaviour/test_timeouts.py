"""`timeouts.start` and `timeouts.finish` on runs that wait for their turn and on runs of several steps."""

from collections import Counter

from tests.behaviour.conftest import Placed, World, handles

from surestep import Context, Step
from surestep.core.records import RunStatus
from surestep.testing import Bench
from surestep_dsl.flow import Concurrency, Throttle, Timeouts


async def statuses(bench: Bench) -> Counter[RunStatus]:
    return Counter(run.run.status for run in await bench.runs("process"))


async def test_of_runs_behind_a_long_one_those_that_cannot_start_in_time_are_cancelled(world: World) -> None:
    @handles(Placed, timeouts=Timeouts(start_ms=3_000), concurrency=(Concurrency(1, per="run"),))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("long", "5s")

    async with world.run(process) as bench:
        await bench.send(Placed(), Placed(), Placed())
        await bench.finish()
        assert await statuses(bench) == {RunStatus.COMPLETED: 1, RunStatus.CANCELLED: 2}


async def test_of_runs_spaced_by_a_throttle_those_that_cannot_start_in_time_are_cancelled(world: World) -> None:
    @handles(Placed, timeouts=Timeouts(start_ms=5_000), throttle=Throttle(1, 2_000))
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process) as bench:
        await bench.send(*(Placed() for _ in range(10)))
        await bench.advance("4s999ms")
        assert await statuses(bench) == {RunStatus.COMPLETED: 3, RunStatus.QUEUED: 7}
        await bench.advance("1ms")
        assert await statuses(bench) == {RunStatus.COMPLETED: 3, RunStatus.CANCELLED: 7}


async def test_a_run_is_cancelled_between_two_steps_when_its_time_is_up(world: World) -> None:
    begun: list[str] = []

    @handles(Placed, timeouts=Timeouts(finish_ms=3_000))
    async def process(ctx: Context[Placed], step: Step) -> None:
        for name in ("first", "second", "third"):
            await step.run(name, begun.append, name)
            await step.sleep("rest", "2s")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await statuses(bench) == {RunStatus.CANCELLED: 1}
    assert begun == ["first", "second"]
