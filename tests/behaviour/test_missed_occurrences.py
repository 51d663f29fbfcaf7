"""Occurrences that nobody noticed in time: made up for once where the spec says so, never twice, never in silence."""

import pytest
from tests.behaviour.conftest import START_MS, Placed, World, handles

from surestep import Context, Handler, Step
from surestep.authoring.system import ScheduledTimer
from surestep.testing import Bench
from surestep_dsl.flow import CatchUp, CronTrigger, EventTrigger, Trigger

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def scheduled(catch_up: CatchUp, cron: str = "0 3 * * *", jitter_ms: int | None = None) -> Handler:
    trigger = CronTrigger(cron, jitter_ms=jitter_ms, catch_up=catch_up)

    @handles(ScheduledTimer, triggers=(trigger,), result=str, function_id="nightly")
    async def call(ctx: Context[ScheduledTimer], step: Step) -> str:
        return ctx.event.data.scheduledAt

    return call


async def fired(bench: Bench) -> list[str]:
    """The occurrences that runs stand for, without seconds."""
    return [str(run.result)[:16] for run in await bench.runs()]


async def jump(world: World, bench: Bench, to_ms: int) -> None:
    """As when a laptop wakes up: time has passed, nothing else has happened."""
    await world.clock.advance_to(START_MS + to_ms)
    await bench.engine.idle()


async def test_after_a_suspend_the_missed_stay_missed_and_the_log_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with world.run(scheduled(CatchUp.NONE)) as bench:
        await jump(world, bench, 3 * DAY_MS)
        assert await fired(bench) == []
        await bench.advance("4h")
        assert await fired(bench) == ["2026-01-04T03:00"]
    assert "nightly missed occurrences of '0 3 * * *', the first by 248400 s" in caplog.messages


async def test_after_a_suspend_the_last_one_missed_is_made_up_for(world: World) -> None:
    async with world.run(scheduled(CatchUp.LAST)) as bench:
        await jump(world, bench, 3 * DAY_MS)
        assert await fired(bench) == ["2026-01-03T03:00"]
        await bench.advance("4h")
        assert await fired(bench) == ["2026-01-03T03:00", "2026-01-04T03:00"]


@pytest.mark.parametrize("catch_up", CatchUp)
async def test_an_occurrence_noticed_within_two_minutes_is_not_missed(world: World, catch_up: CatchUp) -> None:
    async with world.run(scheduled(catch_up)) as bench:
        await jump(world, bench, 3 * HOUR_MS + 120_000)
        assert await fired(bench) == ["2026-01-01T03:00"]


async def test_of_a_schedule_of_minutes_those_of_the_last_two_are_not_missed(world: World) -> None:
    async with world.run(scheduled(CatchUp.NONE, "* * * * *")) as bench:
        await jump(world, bench, HOUR_MS)
        assert await fired(bench) == ["2026-01-01T00:59", "2026-01-01T01:00"]


async def test_after_a_restart_the_last_one_missed_is_made_up_for_once(world: World) -> None:
    handler = scheduled(CatchUp.LAST)
    async with world.run(handler):
        pass
    await world.clock.advance_to(START_MS + 40 * DAY_MS)
    async with world.run(handler) as bench:
        await bench.engine.idle()
        assert await fired(bench) == ["2026-02-09T03:00"]
    await world.clock.advance_to(START_MS + 40 * DAY_MS + HOUR_MS)
    async with world.run(handler) as bench:
        await bench.advance("3h")
        assert await fired(bench) == ["2026-02-09T03:00", "2026-02-10T03:00"]


async def test_what_was_fired_in_time_is_not_made_up_for(world: World) -> None:
    handler = scheduled(CatchUp.LAST)
    async with world.run(handler) as bench:
        await bench.advance("3h")
    await world.clock.advance_to(START_MS + 26 * HOUR_MS)
    async with world.run(handler) as bench:
        await bench.engine.idle()
        assert await fired(bench) == ["2026-01-01T03:00"]


async def test_a_schedule_that_is_new_has_missed_nothing(world: World) -> None:
    @handles(Placed)
    async def other(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(other):
        pass
    await world.clock.advance_to(START_MS + DAY_MS)
    async with world.run(scheduled(CatchUp.LAST)) as bench:
        await bench.engine.idle()
        assert await fired(bench) == []


async def test_a_schedule_that_was_taken_out_for_a_time_has_missed_nothing(world: World) -> None:
    handler = scheduled(CatchUp.LAST)
    async with world.run(handler):
        pass
    async with world.run():
        pass
    await world.clock.advance_to(START_MS + 2 * DAY_MS)
    async with world.run(handler) as bench:
        await bench.engine.idle()
        assert await fired(bench) == []


async def test_a_crash_while_it_is_made_up_for_does_not_repeat_it(world: World) -> None:
    handler = scheduled(CatchUp.LAST)
    async with world.run(handler):
        pass
    await world.clock.advance_to(START_MS + 2 * DAY_MS)
    for _ in range(3):
        async with world.run(handler) as bench:
            await bench.engine.idle()
            await world.crash(bench)
    async with world.run(handler) as bench:
        assert await fired(bench) == ["2026-01-02T03:00"]


async def test_a_clock_that_was_ahead_for_a_time_does_not_silence_a_schedule(world: World) -> None:
    async with world.run(scheduled(CatchUp.NONE)) as bench:
        await jump(world, bench, 300 * DAY_MS)
        await jump(world, bench, HOUR_MS)
        await bench.advance("3h")
        assert await fired(bench) == ["2026-01-01T03:00"]


@pytest.mark.parametrize("catch_up", CatchUp)
async def test_a_clock_that_wavers_around_an_occurrence_fires_it_once(world: World, catch_up: CatchUp) -> None:
    async with world.run(scheduled(catch_up)) as bench:
        for hour in (3, 2, 4, 1, 3, 27, 3, 2, 28):
            await jump(world, bench, hour * HOUR_MS)
        found = await fired(bench)
    assert len(found) == len(set(found)), found
    assert "2026-01-01T03:00" in found


async def test_after_a_restart_a_schedule_is_what_the_spec_says_now(world: World) -> None:
    async def call(ctx: Context[ScheduledTimer], step: Step) -> str:
        return f"{ctx.event.data.cron} {ctx.event.data.scheduledAt[11:16]}"

    def nightly(*crons: str) -> Handler:
        triggers: tuple[Trigger, ...] = (*(CronTrigger(cron) for cron in crons), EventTrigger("order/placed"))
        return handles(ScheduledTimer, Placed, triggers=triggers, result=str, function_id="nightly")(call)

    async with world.run(nightly("0 1 * * *")) as bench:
        await bench.advance("1h30m")
    async with world.run(nightly("0 2 * * *")) as bench:  # changed
        await bench.advance("1h")
    async with world.run(nightly("0 2 * * *", "0 3 * * *")) as bench:  # one added
        await bench.advance("1h")
    async with world.run(nightly()) as bench:  # all removed
        await bench.advance("2d")
        assert await fired(bench) == ["0 1 * * * 01:00", "0 2 * * * 02:00", "0 3 * * * 03:00"]
