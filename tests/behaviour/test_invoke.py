"""`step.invoke`: another function's result, or an error that says why there is none."""

import pytest
from tests.behaviour.conftest import ONCE, OrderData, Paid, Placed, Withdrawn, World, error_of, handles, result_of

from surestep import Context, InvokeError, Step, StepError
from surestep.authoring.function import Function
from surestep.authoring.system import ScheduledTimer
from surestep.core.records import RunStatus
from surestep.errors import (
    InvokeCancelledError,
    InvokeDeduplicatedError,
    InvokeFailedError,
    InvokeRateLimitedError,
    InvokeSkippedError,
    InvokeTimeoutError,
    InvokeUnknownError,
)
from surestep_dsl.flow import CancelOn, CronTrigger, FunctionOptions


@handles(Paid, function_id="callee", takes=OrderData, result=int, retries=ONCE)
async def doubles(ctx: Context[Paid], step: Step) -> int:
    await step.sleep("think", "1m")
    return ctx.event.data.amount * 2


@handles(Placed, result=int)
async def caller(ctx: Context[Placed], step: Step) -> int:
    return await step.invoke("call", doubles.function, OrderData(amount=21), timeout="1h")  # type: ignore[arg-type]


@handles(Placed, result=str)
async def reporter(ctx: Context[Placed], step: Step) -> str:
    try:
        await step.invoke("call", doubles.function, OrderData(amount=21), timeout="30s")
    except InvokeError as error:
        return f"{type(error).__name__} {error.step_id} {error.name}: {error.message}"
    return "no error"


async def test_the_result_of_the_other_function_is_the_steps_result(world: World) -> None:
    async with world.run(caller, doubles) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench, "caller") == 42
        callee = await bench.run("callee")
        assert (callee.run.triggered_by, callee.events[0].name) == ("invoke", "inngest/function.invoked")


async def test_a_result_is_typed_again(world: World) -> None:
    @handles(Paid, takes=OrderData, result=set[int])
    async def callee(ctx: Context[Paid], step: Step) -> set[int]:
        return {1, 2}

    @handles(Placed, result=bool)
    async def process(ctx: Context[Placed], step: Step) -> bool:
        return await step.invoke("call", callee.function, OrderData(), timeout="1h") == {1, 2}

    async with world.run(process, callee) as bench:
        await bench.send(Placed())
        assert await result_of(bench, "process") is True


async def test_it_goes_on_after_a_restart_of_both(world: World) -> None:
    async with world.run(caller, doubles) as bench:
        await bench.send(Placed())
    async with world.run(caller, doubles) as bench:
        await bench.finish()
        assert await result_of(bench, "caller") == 42
        assert len(await bench.runs("callee")) == 1


async def test_the_callers_timeline_names_the_invoked_run_while_it_runs(world: World) -> None:
    async with world.run(caller, doubles) as bench:
        await bench.send(Placed())
        callee = await bench.run("callee")
        run = await bench.run("caller")
        [started] = [record for record in await bench.history(run.run.run_id) if hasattr(record, "detail")]
        assert started.detail == callee.run.run_id


async def test_a_callee_that_fails_is_an_error_with_its_name_message_and_traceback(world: World) -> None:
    @handles(Paid, function_id="callee", takes=OrderData, retries=ONCE)
    async def fails(ctx: Context[Paid], step: Step) -> None:
        raise KeyError("lost")

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.invoke("call", fails.function, OrderData(), timeout="1h")
        except InvokeFailedError as error:
            return f"{error.name} {error.message} {error.stack.splitlines()[-1]}"
        return "no error"

    async with world.run(process, fails) as bench:
        await bench.send(Placed())
        assert await result_of(bench, "process") == "KeyError 'lost' KeyError: 'lost'"


async def test_an_uncaught_error_of_the_callee_fails_the_caller_with_it(world: World) -> None:
    @handles(Paid, function_id="callee", takes=OrderData, retries=ONCE)
    async def fails(ctx: Context[Paid], step: Step) -> None:
        raise KeyError("lost")

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.invoke("call", fails.function, OrderData(), timeout="1h")

    async with world.run(process, fails) as bench:
        await bench.send(Placed())
        assert await error_of(bench, "process") == ("KeyError", "'lost'")


async def test_a_callee_that_takes_too_long_is_an_error_and_goes_on(world: World) -> None:
    async with world.run(reporter, doubles) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench, "reporter") == (
            "InvokeTimeoutError call InvokeTimeoutError: the invoked run did not end in time; it goes on"
        )
        assert await result_of(bench, "callee") == 42


async def test_a_callee_that_is_cancelled_is_an_error(world: World) -> None:
    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.invoke("call", callee.function, OrderData(), timeout="1h")
        except InvokeCancelledError as error:
            return error.message
        return "no error"

    @handles(Paid, takes=OrderData, cancel_on=(CancelOn("order/withdrawn"),))
    async def callee(ctx: Context[Paid], step: Step) -> None:
        await step.sleep("long", "1h")

    async with world.run(process, callee) as bench:
        await bench.send(Placed())
        await bench.send(Withdrawn(id="w-1"))
        assert await result_of(bench, "process") == "event order/withdrawn (w-1) cancels this run"


async def test_a_callee_that_does_not_exist_is_an_error(world: World) -> None:
    gone: Function[OrderData, None] = Function(FunctionOptions("gone"), input_type=OrderData)

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.invoke("call", gone, OrderData(), timeout="1h")
        except InvokeUnknownError as error:
            return error.message
        return "no error"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "there is no function 'gone' in this app"


async def test_a_function_that_only_a_schedule_starts_sees_a_timer_that_is_due_now(world: World) -> None:
    @handles(ScheduledTimer, function_id="nightly", triggers=(CronTrigger("0 3 * * *"),), result=list[str])
    async def nightly(ctx: Context[ScheduledTimer], step: Step) -> list[str]:
        return [ctx.event.data.cron, ctx.event.data.scheduledAt, ctx.triggered_by]

    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        return await step.invoke("call", nightly.function, None, timeout="1h")  # type: ignore[arg-type]

    async with world.run(process, nightly) as bench:
        await bench.send(Placed())
        assert await result_of(bench, "process") == ["0 3 * * *", "2026-01-01T00:00:00.000Z", "invoke"]


@pytest.mark.parametrize(
    "error",
    [
        InvokeFailedError,
        InvokeCancelledError,
        InvokeSkippedError,
        InvokeRateLimitedError,
        InvokeDeduplicatedError,
        InvokeTimeoutError,
        InvokeUnknownError,
    ],
)
def test_each_kind_is_an_invoke_error_and_a_step_error(error: type[Exception]) -> None:
    assert issubclass(error, InvokeError)
    assert issubclass(error, StepError)


async def test_a_timeout_beyond_366_days_fails_the_caller_and_starts_nothing(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.invoke("call", doubles.function, OrderData(), timeout="400d")

    async with world.run(process, doubles) as bench:
        await bench.send(Placed())
        assert (await error_of(bench, "process"))[0] == "LimitError"
        assert await bench.runs("callee") == []


async def test_the_caller_ends_while_the_callee_goes_on_and_nothing_is_left_over(world: World) -> None:
    @handles(Placed, cancel_on=(CancelOn("order/withdrawn"),))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.invoke("call", doubles.function, OrderData(amount=1), timeout="1h")

    async with world.run(process, doubles) as bench:
        await bench.send(Placed())
        await bench.send(Withdrawn())
        await bench.finish()
        assert (await bench.run("process")).run.status is RunStatus.CANCELLED
        assert await result_of(bench, "callee") == 2


async def test_a_failed_attempt_before_an_invoke_starts_one_run(world: World) -> None:
    made: list[int] = []

    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> object:
        made.append(1)
        if ctx.attempt == 0 and len(made) == 1:
            raise ValueError("flaky")
        return await step.invoke("call", doubles.function, OrderData(amount=1), timeout="1h")

    async with world.run(process, doubles) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench, "process") == 2
        assert len(await bench.runs("callee")) == 1
