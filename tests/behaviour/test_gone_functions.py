"""Runs whose function is gone from the app: they wait for it, and can be cancelled meanwhile."""

from tests.behaviour.conftest import START_MS, Paid, Placed, Withdrawn, World, handles, result_of, status_of

from surestep import Context, Step
from surestep.authoring.system import FunctionCancelled
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked
from surestep_dsl.flow import CancelOn, Timeouts


@handles(Placed, result=str, cancel_on=(CancelOn("order/withdrawn"),), timeouts=Timeouts(3_600_000, 3_600_000))
async def gone(ctx: Context[Placed], step: Step) -> str:
    await step.sleep("pause", "1m")
    await step.wait_for_event("payment", Paid, timeout="2m")
    return "done"


async def test_a_waiting_run_goes_on_when_the_function_is_back(world: World) -> None:
    async with world.run(gone) as bench:
        await bench.send(Placed())
    async with world.run() as bench:
        await bench.advance("10m")
        assert await status_of(bench) is RunStatus.WAITING
    async with world.run(gone) as bench:
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_a_request_cancels_it_and_the_end_is_told(world: World) -> None:
    told: list[str] = []

    @handles(FunctionCancelled)
    async def hears(ctx: Context[FunctionCancelled], step: Step) -> None:
        told.append(ctx.event.data.function_id)

    async with world.run(gone, hears) as bench:
        await bench.send(Placed())
    async with world.run(hears) as bench:
        await bench.advance("2m")
        assert await bench.engine.cancel_run((await bench.run()).run.run_id) is True
        await bench.engine.idle()
        assert await status_of(bench, "gone") is RunStatus.CANCELLED
    assert told == ["shop-gone"]


async def test_an_event_cancels_it(world: World) -> None:
    async with world.run(gone) as bench:
        await bench.send(Placed())
    async with world.run() as bench:
        await bench.send(Withdrawn())
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_its_time_runs_out(world: World) -> None:
    async with world.run(gone) as bench:
        await bench.send(Placed())
    async with world.run() as bench:
        await bench.advance("59m")
        assert await status_of(bench) is RunStatus.WAITING
        await bench.advance("1m")
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_one_that_never_began_is_out_of_time_too(world: World) -> None:
    async with world.run(gone) as bench:
        await bench.send(Placed(ts=START_MS + 60_000))
    async with world.run() as bench:
        await bench.advance("60m")
        assert await status_of(bench) is RunStatus.QUEUED
        await bench.advance("1m")
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_a_cancellation_asked_for_before_the_restart_is_carried_out_after_it(world: World) -> None:
    async with world.run(gone) as bench:
        await bench.send(Placed())
        run_id = (await bench.run()).run.run_id
    store = await world.open()
    await store.signal(run_id, CancelAsked("enough"))
    await store.close()
    async with world.run() as bench:
        await bench.engine.idle()
        assert await status_of(bench) is RunStatus.CANCELLED
