"""`on_cancel`: a run of its own for the cancelled event, once, however the run was cancelled."""

from typing import Any

import pytest
from tests.behaviour.conftest import ONCE, OrderData, Placed, Withdrawn, World, also, error_of, handles

from surestep import Context, FailureContext, Handler, Step
from surestep.authoring.system import FunctionCancelled
from surestep.core.records import RunStatus
from surestep.testing import Bench
from surestep_dsl.flow import CancelOn, Singleton, SingletonMode, Timeouts


def patient(seen: list[object], **options: Any) -> list[Handler]:
    @handles(Placed, on_cancel=True, **options)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("long", "1h")

    @also(process, "on_cancel")
    async def handle_cancel(ctx: FailureContext[Placed], step: Step) -> None:
        await step.sleep("pause", "1m")
        await step.run("note", seen.append, (ctx.event.data.order_id, ctx.error.name, ctx.error.message))
        seen.append((ctx.failed.name, ctx.failed.data.run_id, ctx.triggered_by, ctx.attempt))

    return [process, handle_cancel]


async def check(bench: Bench, seen: list[object], reason: str) -> None:
    await bench.finish()
    process, handler = (await bench.runs("process"))[0], await bench.run("process:on_cancel")
    assert (process.run.status, handler.run.status) == (RunStatus.CANCELLED, RunStatus.COMPLETED)
    assert seen == [
        ("o-7", "RunCancelled", reason),
        ("inngest/function.cancelled", process.run.run_id, "cancel", 0),
    ]


PLACED = Placed(data=OrderData(order_id="o-7"))


async def test_it_is_called_when_a_request_cancels(world: World) -> None:
    seen: list[object] = []
    async with world.run(*patient(seen)) as bench:
        await bench.send(PLACED)
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        await check(bench, seen, "cancelled by request")


async def test_it_is_called_when_an_event_cancels(world: World) -> None:
    seen: list[object] = []
    async with world.run(*patient(seen, cancel_on=(CancelOn("order/withdrawn"),))) as bench:
        await bench.send(PLACED)
        await bench.send(Withdrawn(id="w"), Withdrawn(id="again"))
        await check(bench, seen, "event order/withdrawn (w) cancels this run")


async def test_it_is_called_when_time_is_up(world: World) -> None:
    seen: list[object] = []
    async with world.run(*patient(seen, timeouts=Timeouts(finish_ms=60_000))) as bench:
        await bench.send(PLACED)
        await check(bench, seen, "timeout: the run did not finish in time (timeouts.finish)")


async def test_it_is_called_when_a_newer_run_takes_the_place(world: World) -> None:
    seen: list[object] = []
    async with world.run(*patient(seen, singleton=Singleton(SingletonMode.CANCEL))) as bench:
        await bench.send(PLACED)
        await bench.advance("1s")
        await bench.send(Placed())
        await check(bench, seen, "singleton: a newer run takes its place")


async def test_it_goes_on_after_a_restart_and_runs_once(world: World) -> None:
    seen: list[object] = []
    handlers = patient(seen)
    async with world.run(*handlers) as bench:
        await bench.send(PLACED)
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        await bench.engine.idle()
    async with world.run(*handlers) as bench:
        await check(bench, seen, "cancelled by request")


@pytest.mark.parametrize("cancelled", [True, False])
async def test_its_own_end_calls_nothing(world: World, *, cancelled: bool) -> None:
    told: list[str] = []
    [process, _] = patient([])

    @also(process, "on_cancel")
    async def handle_cancel(ctx: FailureContext[Placed], step: Step) -> None:
        await step.sleep("pause", "1m")
        raise ValueError("broken")

    @handles(FunctionCancelled)
    async def hears(ctx: Context[FunctionCancelled], step: Step) -> None:
        told.append(ctx.event.data.function_id)

    async with world.run(process, handle_cancel, hears) as bench:
        await bench.send(PLACED)
        await bench.engine.cancel_run((await bench.run("process")).run.run_id)
        await bench.engine.idle()
        if cancelled:
            await bench.engine.cancel_run((await bench.run("process:on_cancel")).run.run_id)
        await bench.finish()
        assert len(await bench.runs("process:on_cancel")) == 1
        if not cancelled:
            assert await error_of(bench, "process:on_cancel") == ("ValueError", "broken")
    assert told == ["shop-process"]


async def test_a_failure_does_not_call_it(world: World) -> None:
    @handles(Placed, retries=ONCE, on_cancel=True)
    async def process(ctx: Context[Placed], step: Step) -> None:
        raise ValueError("broken")

    @also(process, "on_cancel")
    async def handle_cancel(ctx: FailureContext[Placed], step: Step) -> None: ...

    async with world.run(process, handle_cancel) as bench:
        await bench.send(PLACED)
        assert await bench.runs("process:on_cancel") == []


async def test_handlers_of_functions_that_system_events_start_are_called_and_nobody_else_is_told(world: World) -> None:
    told: list[str] = []
    [process, handle] = patient([])

    @handles(FunctionCancelled, retries=ONCE, on_failure=True)
    async def watcher(ctx: Context[FunctionCancelled], step: Step) -> None:
        told.append(ctx.event.data.function_id)
        raise ValueError("broken")

    @also(watcher, "on_failure")
    async def handle_failure(ctx: FailureContext[FunctionCancelled], step: Step) -> None:
        told.append(f"{ctx.event.name} {ctx.error.message}")

    async with world.run(process, handle, watcher, handle_failure) as bench:
        await bench.send(PLACED)
        await bench.engine.cancel_run((await bench.run("process")).run.run_id)
        await bench.finish()
    assert told == ["shop-process", "inngest/function.cancelled broken"]
