"""How runs end: cancelled, out of time, failed with a failure handler; each end is told exactly once."""

import asyncio

import pytest
from tests.behaviour.conftest import (
    ONCE,
    START_MS,
    OrderData,
    Paid,
    Placed,
    Withdrawn,
    World,
    also,
    error_of,
    handles,
    result_of,
    status_of,
)

from surestep import Context, FailureContext, Handler, NonRetriableError, Step
from surestep.authoring.system import FunctionCancelled, FunctionFailed, FunctionFinished
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.testing import Bench
from surestep_dsl.flow import CancelOn, Timeouts


def audit(seen: list[object]) -> list[Handler]:
    """Functions that write down every end they are told of."""

    @handles(FunctionFinished, function_id="on-finished")
    async def finished(ctx: Context[FunctionFinished], step: Step) -> None:
        data = ctx.event.data
        seen.append(("finished", data.function_id, data.result, data.error and data.error.name))

    @handles(FunctionFailed, function_id="on-failed")
    async def failed(ctx: Context[FunctionFailed], step: Step) -> None:
        data = ctx.event.data
        seen.append(("failed", data.function_id, data.error.name, data.error.message, data.event["name"]))

    @handles(FunctionCancelled, function_id="on-cancelled")
    async def cancelled(ctx: Context[FunctionCancelled], step: Step) -> None:
        seen.append(("cancelled", ctx.event.data.function_id, ctx.event.data.error.message))

    return [finished, failed, cancelled]


async def test_a_completed_run_tells_its_result_once(world: World) -> None:
    seen: list[object] = []

    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        return await step.run("one", lambda: 1)

    async with world.run(process, *audit(seen)) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert seen == [("finished", "shop-process", 1, None)]


async def test_a_failed_run_tells_that_it_failed_and_that_it_finished(world: World) -> None:
    seen: list[object] = []

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        raise ValueError("broken")

    async with world.run(process, *audit(seen)) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert sorted(seen, key=str) == [
        ("failed", "shop-process", "ValueError", "broken", "order/placed"),
        ("finished", "shop-process", None, "ValueError"),
    ]


async def test_a_cancelled_run_tells_that_it_was_cancelled_and_never_that_it_failed(world: World) -> None:
    seen: list[object] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("long", "1h")

    async with world.run(process, *audit(seen)) as bench:
        await bench.send(Placed())
        run_id = (await bench.run("process")).run.run_id
        assert await bench.engine.cancel_run(run_id) is True
        await bench.finish()
        assert await bench.engine.cancel_run(run_id) is False
        assert await bench.engine.cancel_run("unknown") is False
    assert sorted(seen, key=str) == [
        ("cancelled", "shop-process", "cancelled by request"),
        ("finished", "shop-process", None, "RunCancelled"),
    ]


def failing() -> Handler:
    @handles(Placed, retries=ONCE, on_failure=True)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("break", breaks)

    return process


def breaks() -> None:
    raise ValueError("broken")


async def test_a_failure_handler_gets_the_trigger_and_the_error_and_may_use_steps(world: World) -> None:
    seen: list[object] = []
    process = failing()

    @also(process, "on_failure")
    async def handle_failure(ctx: FailureContext[Placed], step: Step) -> None:
        await step.sleep("pause", "1m")
        await step.run("note", seen.append, (ctx.event.data.order_id, ctx.error.name, ctx.error.message))
        seen.append((ctx.failed.data.run_id, ctx.attempt, ctx.triggered_by, ctx.error.stack.splitlines()[-1]))

    async with world.run(process, handle_failure) as bench:
        await bench.send(Placed(data=OrderData(order_id="o-7")))
        await bench.finish()
        failed = await bench.run("process")
        assert await status_of(bench, "process:on_failure") is RunStatus.COMPLETED
        assert seen == [
            ("o-7", "ValueError", "broken"),
            (failed.run.run_id, 0, "failure", "ValueError: broken"),
        ]


async def test_a_failure_handler_is_not_retried_and_its_failure_is_not_told(world: World) -> None:
    seen: list[object] = []
    process = failing()

    @also(process, "on_failure")
    async def handle_failure(ctx: FailureContext[Placed], step: Step) -> None:
        seen.append("called")
        await step.run("break again", breaks)

    async with world.run(process, handle_failure, *audit(seen)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench, "process:on_failure") == ("ValueError", "broken")
    assert seen.count("called") == 1
    assert len(seen) == 3


async def test_cancelling_and_timeouts_do_not_call_the_failure_handler(world: World) -> None:
    @handles(Placed, on_failure=True, timeouts=Timeouts(finish_ms=60_000))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("long", "1h")

    @also(process, "on_failure")
    async def handle_failure(ctx: FailureContext[Placed], step: Step) -> None: ...

    async with world.run(process, handle_failure) as bench:
        await bench.send(Placed(), Placed())
        await bench.engine.cancel_run((await bench.runs())[0].run.run_id)
        await bench.finish()
        assert [run.run.status for run in await bench.runs()] == [RunStatus.CANCELLED] * 2


@handles(
    Placed,
    function_id="cancellable",
    cancel_on=(
        CancelOn("order/withdrawn", match="data.order_id"),
        CancelOn("order/paid", condition="async.data.amount > event.data.amount", timeout_ms=60_000),
    ),
    result=str,
)
async def cancellable(ctx: Context[Placed], step: Step) -> str:
    await step.sleep("long", "1h")
    return "done"


async def test_a_matching_event_cancels_and_others_do_not(world: World) -> None:
    async with world.run(cancellable) as bench:
        await bench.send(Placed())
        await bench.send(Withdrawn(data=OrderData(order_id="o-2")))
        assert await status_of(bench) is RunStatus.WAITING
        await bench.send(Withdrawn(id="w-1"))
        run = await bench.run()
        assert run.run.status is RunStatus.CANCELLED
        assert run.error is not None
        assert run.error.message == "event order/withdrawn (w-1) cancels this run"


async def test_an_expression_over_both_events_cancels_within_its_time(world: World) -> None:
    async with world.run(cancellable) as bench:
        await bench.send(Placed(data=OrderData(amount=5)))
        await bench.send(Paid(data=OrderData(amount=5)))
        assert await status_of(bench) is RunStatus.WAITING
        await bench.send(Paid(data=OrderData(amount=6)))
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_after_its_time_an_event_does_not_cancel_any_more(world: World) -> None:
    async with world.run(cancellable) as bench:
        await bench.send(Placed(data=OrderData(amount=5)))
        await bench.advance("1m")
        await bench.send(Paid(data=OrderData(amount=6)))
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_events_before_the_run_do_not_cancel_it(world: World) -> None:
    async with world.run(cancellable) as bench:
        await bench.send(Withdrawn(), Placed())
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_an_event_of_the_same_request_cancels(world: World) -> None:
    async with world.run(cancellable) as bench:
        await bench.send(Placed(), Withdrawn())
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_a_cancelled_run_does_not_go_on_for_anybody(world: World) -> None:
    made: list[str] = []

    @handles(Placed, cancel_on=(CancelOn("order/withdrawn"),))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.wait_for_event("payment", Paid, timeout="1h")
        made.append("went on")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.send(Withdrawn())
        await bench.send(Paid())
        await bench.advance("2h")
    async with world.run(process) as bench:
        assert await status_of(bench) is RunStatus.CANCELLED
    assert made == []


async def test_an_event_that_cancels_in_the_middle_of_a_step_lets_its_body_finish(world: World) -> None:
    made: list[str] = []
    running, released = asyncio.Event(), asyncio.Event()

    async def body() -> None:
        running.set()
        await released.wait()
        made.append("finished")

    @handles(Placed, cancel_on=(CancelOn("order/withdrawn", match="data.order_id"),))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)
        made.append("went on")

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        await bench.engine.send([RawEvent("order/withdrawn", {"order_id": "another"}), RawEvent("order/withdrawn")])
        while await status_of(bench) is not RunStatus.CANCELLED:  # noqa: ASYNC110 -- the store sends no event
            await asyncio.sleep(0)
        released.set()
        await bench.engine.idle()
        assert await status_of(bench) is RunStatus.CANCELLED
    assert made == ["finished"]


async def test_a_body_in_progress_finishes_and_its_result_is_dropped(world: World) -> None:
    made: list[str] = []
    running, released = asyncio.Event(), asyncio.Event()

    async def body() -> None:
        running.set()
        await released.wait()
        made.append("finished")

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)
        made.append("went on")

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        assert await status_of(bench) is RunStatus.RUNNING
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        while await status_of(bench) is not RunStatus.CANCELLED:  # noqa: ASYNC110 -- the store sends no event
            await asyncio.sleep(0)
        released.set()
        await bench.engine.idle()
        run = await bench.run()
        assert run.run.status is RunStatus.CANCELLED
        assert [row.key for row in run.steps] == []
    assert made == ["finished"]


async def test_a_finish_timeout_counts_from_the_first_turn(world: World) -> None:
    made: list[int] = []

    @handles(Placed, timeouts=Timeouts(finish_ms=3_000))
    async def process(ctx: Context[Placed], step: Step) -> None:
        for number in range(3):
            await step.run("work", made.append, number)
            await step.sleep("work", "2s")

    async with world.run(process) as bench:
        await bench.send(Placed(ts=START_MS + 60_000))
        await bench.finish()
        run = await bench.run()
        assert run.run.status is RunStatus.CANCELLED
        assert run.run.ended_at_ms == START_MS + 63_000
        assert run.error is not None
        assert run.error.message == "timeout: the run did not finish in time (timeouts.finish)"
    assert made == [0, 1]


async def test_a_run_that_starts_in_time_is_not_cancelled_by_its_start_timeout(world: World) -> None:
    @handles(Placed, timeouts=Timeouts(start_ms=3_000), result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.sleep("pause", "1m")
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_a_run_that_could_not_start_in_time_is_cancelled(world: World) -> None:
    @handles(Placed, timeouts=Timeouts(start_ms=3_000))
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process) as bench:
        await bench.send(Placed(ts=START_MS + 1_000))
    await world.clock.advance_to(START_MS + 10_000)
    async with world.run(process) as bench:
        await bench.finish()
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_a_run_in_its_first_body_when_the_engine_crashed_has_started_in_time(world: World) -> None:
    running = asyncio.Event()
    attempts: list[int] = []

    async def body() -> str:
        attempts.append(1)
        running.set()
        if len(attempts) == 1:
            await asyncio.sleep(60)
        return "done"

    @handles(Placed, timeouts=Timeouts(start_ms=3_000), result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        return await step.run("body", body)

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        await world.crash(bench)
    await world.clock.advance_to(START_MS + 10_000)
    async with world.run(process) as bench:
        await bench.finish()
        assert await result_of(bench) == "done"


@pytest.mark.parametrize("error", [NonRetriableError("x"), RuntimeError("x")])
async def test_an_error_after_a_parallel_body_is_still_running_ends_the_run_once(
    world: World, error: Exception
) -> None:
    seen: list[object] = []

    async def slow() -> str:
        await asyncio.sleep(0.01)
        return "slow"

    async def branch(step: Step) -> None:
        await step.run("quick", int)
        raise error

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(step.run("slow", slow), branch(step))

    async with world.run(process, *audit(seen)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench, "process") == (type(error).__name__, "x")
    assert len(seen) == 2


async def test_functions_started_by_an_end_tell_no_ends(world: World) -> None:
    made: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    @handles(FunctionFinished)
    async def watcher(ctx: Context[FunctionFinished], step: Step) -> None:
        made.append(ctx.event.data.function_id)

    async def run(bench: Bench) -> None:
        await bench.send(Placed())
        await bench.finish()

    async with world.run(process, watcher) as bench:
        await run(bench)
    assert made == ["shop-process"]
