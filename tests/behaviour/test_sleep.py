"""`step.sleep` and `step.sleep_until`: nothing happens until the time has come, and then once."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.behaviour.conftest import START_MS, TWICE, Placed, World, error_of, handles, result_of, status_of

from surestep import Context, Step
from surestep.core.records import RunStatus


async def test_code_after_a_sleep_runs_when_it_is_over_and_not_before(world: World) -> None:
    calls: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", "2s")
        await step.run("after", calls.append, "after")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1999ms")
        assert (calls, await status_of(bench)) == ([], RunStatus.WAITING)
        await bench.advance("1ms")
        assert (calls, await status_of(bench)) == (["after"], RunStatus.COMPLETED)


@pytest.mark.parametrize(
    ("until", "wakes_at_ms"),
    [
        (datetime(2026, 1, 1, 0, 0, 10, 123_000, tzinfo=UTC), START_MS + 10_123),
        (datetime(2020, 1, 1, tzinfo=UTC), START_MS),
    ],
)
async def test_sleep_until_wakes_at_the_instant_and_the_past_is_now(
    world: World, until: datetime, wakes_at_ms: int
) -> None:
    @handles(Placed, result=datetime)
    async def process(ctx: Context[Placed], step: Step) -> datetime:
        await step.sleep_until("pause", until)
        return ctx.now()

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
        run = await bench.run()
        assert run.run.ended_at_ms == wakes_at_ms


async def test_a_sleep_goes_on_after_a_restart(world: World) -> None:
    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.sleep("pause", timedelta(hours=1))
        return "woken"

    async with world.run(process) as bench:
        await bench.send(Placed())
    await world.clock.advance_to(START_MS + 3_600_000)
    async with world.run(process) as bench:
        await bench.advance("0s")
        assert await result_of(bench) == "woken"


async def test_more_than_366_days_fail_the_run_at_once(world: World) -> None:
    calls: list[int] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        calls.append(1)
        await step.sleep("pause", "367d")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "LimitError",
            "step 'pause' would wait longer than 366 days (limit WAIT_MAX_MS)",
        )
    assert calls == [1]


@pytest.mark.parametrize("duration", ["", "10", "1.5h", "-1s", "soon", timedelta(seconds=-1)])
async def test_what_is_no_duration_fails_the_run_at_once(world: World, duration: str | timedelta) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", duration)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert (await error_of(bench))[0] == "StepUsageError"


async def test_an_instant_without_a_time_zone_fails_the_run_at_once(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep_until("pause", datetime(2026, 2, 1))  # noqa: DTZ001 -- the mistake that is tested

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert (await error_of(bench))[0] == "StepUsageError"


async def test_a_failed_attempt_before_a_sleep_does_not_make_it_sleep_twice(world: World) -> None:
    attempts: list[int] = []

    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("once")
        await step.sleep("pause", "1m")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        run = await bench.run()
        assert run.run.ended_at_ms == START_MS + 61_000
        assert [(step.key, step.attempts) for step in run.steps] == [("pause", 1)]
