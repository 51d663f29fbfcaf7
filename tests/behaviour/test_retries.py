"""Failed attempts are made again: how often, when, and what the handler sees of it."""

import asyncio
import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.behaviour.conftest import (
    ONCE,
    START_MS,
    TWICE,
    Placed,
    World,
    error_of,
    handles,
    result_of,
    skip_time,
    status_of,
)

from surestep import Context, NonRetriableError, RetryAfterError, Step, StepError
from surestep.core.records import RunStatus
from surestep_dsl.flow import Backoff, Retries


async def test_a_body_that_fails_twice_gets_its_attempts_and_then_the_next_segment_starts_at_zero(
    world: World,
) -> None:
    attempts: list[tuple[str, int]] = []

    @handles(Placed, retries=Retries(2, Backoff(1_000, jitter_ms=0)))
    async def process(ctx: Context[Placed], step: Step) -> None:
        def flaky() -> None:
            attempts.append(("body", ctx.attempt))
            if ctx.attempt < 2:
                raise ValueError("not yet")

        await step.run("flaky", flaky)
        attempts.append(("handler", ctx.attempt))
        await step.sleep("pause", "1h")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
        assert (await bench.run()).steps[0].attempts == 3
    assert attempts == [("body", 0), ("body", 1), ("body", 2), ("handler", 0)]


@pytest.mark.parametrize(("limit", "calls"), [(0, 1), (1, 2), (20, 21)])
async def test_the_limit_counts_further_attempts(world: World, limit: int, calls: int) -> None:
    made: list[int] = []

    def fails() -> None:
        made.append(1)
        raise ValueError("no")

    @handles(Placed, retries=Retries(limit, Backoff(1_000, factor=1, jitter_ms=0)))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("fails", fails)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == ("ValueError", "no")
    assert len(made) == calls


async def test_settings_of_a_step_go_before_those_of_its_function(world: World) -> None:
    made: list[int] = []

    def fails() -> None:
        made.append(world.clock.now_ms() - START_MS)
        raise ValueError("no")

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.options(retries=2, backoff=Backoff(5_000, factor=3, jitter_ms=0)).run("fails", fails)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert made == [0, 5_000, 20_000]


async def test_without_a_backoff_the_delays_are_those_of_the_table_plus_up_to_half_a_minute(world: World) -> None:
    made: list[int] = []

    def fails() -> None:
        made.append(world.clock.now_ms())
        raise ValueError("no")

    @handles(Placed, retries=Retries(11))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("fails", fails)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    delays = [(later - earlier) / 1000 for earlier, later in itertools.pairwise(made)]
    table = [15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 7200]
    assert all(least <= delay < least + 30 for least, delay in zip(table, delays, strict=True))
    assert len({delay % 1 for delay in delays}) > 1


@pytest.mark.parametrize(
    ("after", "delay_ms"),
    [
        ("90s", 90_000),
        (5_000, 5_000),
        (timedelta(minutes=2), 120_000),
        (datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC), 7_000),
        (datetime(2020, 1, 1, tzinfo=UTC), 1_000),
        ("0s", 1_000),
        ("7d", 24 * 3_600_000),
        ("tomorrow", 1_000),
        (1.5, 1_000),
        (datetime(2026, 1, 1, 0, 0, 7), 1_000),  # noqa: DTZ001 -- no instant
    ],
)
@pytest.mark.parametrize("where", ["step", "handler"])
async def test_retry_after_says_when_within_limits(world: World, after: str | int, delay_ms: int, where: str) -> None:
    made: list[int] = []

    def fails_once() -> None:
        made.append(world.clock.now_ms() - START_MS)
        if len(made) == 1:
            raise RetryAfterError("later", after)

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        if where == "step":
            await step.run("fails", fails_once)
        else:
            fails_once()

    if world.on_disk:
        pytest.skip("the store has no part in it")
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED
    assert made == [0, delay_ms]


async def test_retry_after_uses_up_an_attempt(world: World) -> None:
    def fails() -> None:
        raise RetryAfterError("later", "1s")

    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("fails", fails)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == ("RetryAfterError", "later")


async def test_a_non_retriable_error_is_remembered_when_it_is_caught(world: World) -> None:
    made: list[int] = []

    def refuses() -> None:
        made.append(1)
        raise NonRetriableError("never")

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        caught = ""
        try:
            await step.run("refuses", refuses)
        except StepError as error:
            caught = f"{error.step_id} {error.name} {error.message}"
        await step.sleep("pause", "1s")
        return caught

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "refuses NonRetriableError never"
        assert (await bench.run()).steps[0].attempts == 1
    assert made == [1]


async def test_an_uncaught_non_retriable_error_fails_the_run_with_its_name(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        raise NonRetriableError("never")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("NonRetriableError", "never")


async def test_a_caught_step_error_does_not_end_the_run_and_stays_visible(world: World) -> None:
    made: list[str] = []

    def fails() -> None:
        raise ValueError("broken")

    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        try:
            await step.run("fails", fails)
        except StepError as error:
            await step.run("mend", made.append, error.message)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        run = await bench.run()
        assert run.run.status is RunStatus.COMPLETED
        error = run.steps[0].error
        assert error is not None
        assert (error.name, error.message) == ("ValueError", "broken")
        assert error.stack.splitlines()[0] == "Traceback (most recent call last):"
        assert [line.split(", in ")[1] for line in error.stack.splitlines() if ", in " in line] == ["fails"]
    assert made == ["broken"]


async def test_code_between_steps_is_tried_again_without_its_steps(world: World) -> None:
    made: list[object] = []

    @handles(Placed, retries=Retries(2, Backoff(1_000, jitter_ms=0)), result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.run("first", made.append, "step")
        made.append(ctx.attempt)
        if ctx.attempt < 2:
            raise ValueError("flaky")
        return f"attempt {ctx.attempt}"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "attempt 2"
    # While the handler is replayed up to the failed segment it is at its first attempt; nothing is before `first`.
    assert made == ["step", 0, 1, 2]


async def test_code_between_steps_has_a_budget_of_its_own(world: World) -> None:
    made: list[str] = []

    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        made.append("one")
        if len(made) < 2:
            raise ValueError("first segment")
        await step.run("between", int)
        made.append("two")
        raise ValueError(f"second segment, attempt {ctx.attempt}")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == ("ValueError", "second segment, attempt 1")


@pytest.mark.parametrize("how", ["from", "in place of", "from another"])
async def test_an_error_raised_in_place_of_a_step_error_fails_the_run_at_once(world: World, how: str) -> None:
    made: list[int] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        try:
            await step.options(retries=0).run("fails", fails)
        except StepError as error:
            made.append(1)
            if how == "from":
                raise ValueError("mine") from error
            if how == "from another":
                raise ValueError("mine") from KeyError("another")
            raise ValueError("mine")  # noqa: B904 -- one of the ways that are tested

    def fails() -> None:
        raise KeyError("theirs")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("ValueError", "mine")
    assert made == [1]


async def test_other_steps_that_end_meanwhile_do_not_shorten_the_rest_of_a_failed_segment(world: World) -> None:
    made: list[str] = []

    async def branch(ctx: Context[Placed], step: Step) -> None:
        await step.run("quick", int)
        made.append(f"segment {ctx.attempt} at {(world.clock.now_ms() - START_MS) // 1000}")
        if len(made) < 3:
            raise ValueError("flaky")

    @handles(Placed, retries=Retries(2, Backoff(60_000, factor=1, jitter_ms=0)), result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.gather(branch(ctx, step), step.sleep("pause", "10s"), step.run("retried", fails_once))
        return "done"

    def fails_once() -> None:
        if world.clock.now_ms() == START_MS:
            raise RetryAfterError("soon", "20s")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "done"
    assert made == ["segment 0 at 0", "segment 1 at 60", "segment 2 at 120"]


async def test_a_restart_during_the_rest_of_a_failed_segment_does_not_shorten_it(world: World) -> None:
    made: list[int] = []

    @handles(Placed, retries=Retries(1, Backoff(60_000, jitter_ms=0)))
    async def process(ctx: Context[Placed], step: Step) -> None:
        made.append((world.clock.now_ms() - START_MS) // 1000)
        if len(made) < 2:
            raise ValueError("flaky")

    async with world.run(process) as bench:
        await bench.send(Placed())
    async with world.run(process) as bench:
        await bench.finish()
    assert made == [0, 60]


async def test_an_attempt_that_takes_too_long_is_broken_off_and_made_again(world: World) -> None:
    made: list[int] = []

    async def slow() -> str:
        made.append(1)
        if len(made) == 1:
            skip_time(60)
            await asyncio.Event().wait()
        return "done"

    @handles(Placed, retries=TWICE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        return await step.options(timeout="1m").run("slow", slow)

    async with world.run(process) as bench:
        await bench.send(Placed())
        error = (await bench.run()).steps[0].error
        assert error is not None
        assert (error.name, error.message) == ("TimeoutError", "the attempt took longer than its timeout")
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_a_timeout_error_of_the_bodys_own_is_left_as_it_is(world: World) -> None:
    def fails() -> None:
        raise TimeoutError

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("fails", fails)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("TimeoutError", "")


@pytest.mark.parametrize("retries", [-1, 21])
async def test_a_number_of_retries_out_of_range_fails_the_run_at_once(world: World, retries: int) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.options(retries=retries).run("one", int)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("StepUsageError", f"retries={retries} is not between 0 and 20")


async def test_a_stub_is_not_tried_again(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        raise NotImplementedError("write me")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("NotImplementedError", "write me")


async def test_a_plain_body_that_takes_too_long_is_given_up_and_its_thread_goes_on(world: World) -> None:
    gate, left = threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    made: list[int] = []

    def slow() -> str:
        made.append(1)
        if len(made) == 1:
            loop.call_soon_threadsafe(skip_time, 60)
            gate.wait()
            left.set()
            return "too late"
        return "in time"

    @handles(Placed, retries=TWICE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        return await step.options(timeout="1m").run("slow", slow)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert (await result_of(bench), left.is_set()) == ("in time", False)
        gate.set()
        assert left.wait(180)
        assert await result_of(bench) == "in time"


async def test_a_body_is_not_tried_again_while_its_handler_rests(world: World) -> None:
    starts: list[int] = []

    def body() -> None:
        starts.append((world.clock.now_ms() - START_MS) // 1_000)
        raise ValueError("always")

    async def branch(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", "1s")
        if ctx.attempt == 0:
            raise ValueError("at first")

    @handles(Placed, retries=Retries(2, Backoff(1_000, factor=1, jitter_ms=0)))
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(step.run("body", body), branch(ctx, step))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert starts == [0, 2, 3]
