"""Schedules start runs at their occurrences, each once, whatever happens to engine and clock."""

from datetime import UTC, datetime

import pytest
from tests.behaviour.conftest import START_MS, Paid, World, handles, result_of

from surestep import Context, Handler, Step
from surestep.authoring.system import ScheduledTimer
from surestep.engines import schedule
from surestep_dsl.flow import CronTrigger, EventTrigger

DAY_MS = 24 * 3_600_000


def nightly(timezone: str = "UTC", jitter_ms: int | None = None, function_id: str = "nightly") -> Handler:
    trigger = CronTrigger("0 3 * * *", timezone, jitter_ms)

    @handles(ScheduledTimer, triggers=(trigger,), result=dict[str, str], function_id=function_id)
    async def call(ctx: Context[ScheduledTimer], step: Step) -> dict[str, str]:
        data = ctx.event.data
        return {"cron": data.cron, "at": data.scheduledAt, "fired": data.fireAt, "by": ctx.triggered_by}

    return call


async def created(world: World, handler: Handler) -> list[int]:
    async with world.run(handler) as bench:
        return [run.run.created_at_ms - START_MS for run in await bench.runs()]


async def test_a_run_starts_at_the_occurrence_and_knows_it(world: World) -> None:
    async with world.run(nightly("Africa/Johannesburg")) as bench:
        await bench.advance("59m59s")
        assert await bench.runs() == []
        await bench.advance("1s")
        assert await result_of(bench) == {
            "cron": "0 3 * * *",
            "at": "2026-01-01T01:00:00.000Z",
            "fired": "2026-01-01T01:00:00.000Z",
            "by": "cron",
        }
        [event] = await bench.engine.list_events()
        assert event.name == "inngest/scheduled.timer"


async def test_each_function_and_each_occurrence_has_its_own_run(world: World) -> None:
    async with world.run(nightly(), nightly(function_id="other")) as bench:
        await bench.advance("3d")
        found = [(run.run.function_id, run.run.created_at_ms - START_MS) for run in await bench.runs()]
    assert sorted(found) == [(name, 3 * 3_600_000 + day * DAY_MS) for name in ("nightly", "other") for day in range(3)]


async def test_an_occurrence_is_not_repeated_by_a_restart_at_its_instant(world: World) -> None:
    async with world.run(nightly()) as bench:
        await bench.advance("3h")
    async with world.run(nightly()) as bench:
        await bench.advance("0s")
    assert await created(world, nightly()) == [3 * 3_600_000]


async def test_an_occurrence_is_not_repeated_when_the_clock_goes_back_over_a_restart(world: World) -> None:
    async with world.run(nightly()) as bench:
        await bench.advance("3h")
    await world.clock.advance_to(START_MS + 2 * 3_600_000)
    async with world.run(nightly()) as bench:
        await bench.advance("2h")
    assert await created(world, nightly()) == [3 * 3_600_000]


async def test_an_occurrence_is_not_repeated_when_the_clock_goes_back_meanwhile(world: World) -> None:
    async with world.run(nightly()) as bench:
        await bench.advance("3h")
        await world.clock.advance_to(START_MS)
        await bench.advance("4h")
    assert await created(world, nightly()) == [3 * 3_600_000]


async def test_occurrences_while_no_engine_ran_stay_missed(world: World) -> None:
    async with world.run(nightly()):
        pass
    await world.clock.advance_to(START_MS + 2 * DAY_MS)
    async with world.run(nightly()) as bench:
        await bench.advance("1d")
    assert await created(world, nightly()) == [2 * DAY_MS + 3 * 3_600_000]


async def test_jitter_delays_a_run_by_the_same_amount_after_a_restart(world: World) -> None:
    handler = nightly(jitter_ms=300_000)
    async with world.run(handler) as bench:
        await bench.advance("1d")
        run = await bench.run()
        fired = datetime.fromtimestamp(run.run.created_at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        assert isinstance(run.result, dict)
        assert (run.result["at"], run.result["fired"]) == ("2026-01-01T03:00:00.000Z", fired.replace("+00:00", "Z"))
    delay_ms = run.run.created_at_ms - START_MS - 3 * 3_600_000
    assert 0 < delay_ms < 300_000

    again = World(world.path.with_name("again.db"), world.cached_turns, world.on_disk)
    async with again.run(handler):
        pass
    async with again.run(handler) as bench:
        await bench.advance("1d")
        assert (await bench.run()).run.created_at_ms == run.run.created_at_ms


async def test_a_function_may_have_a_schedule_and_an_event(world: World) -> None:
    @handles(ScheduledTimer, Paid, triggers=(CronTrigger("0 3 * * *"), EventTrigger("order/paid")), result=str)
    async def both(ctx: Context[ScheduledTimer | Paid], step: Step) -> str:
        return f"{ctx.triggered_by} {ctx.event.name}"

    async with world.run(both) as bench:
        await bench.send(Paid())
        await bench.advance("3h")
        assert [run.result for run in await bench.runs()] == ["event order/paid", "cron inngest/scheduled.timer"]


@pytest.mark.parametrize("minutes", [1, 90])
async def test_a_schedule_fires_while_runs_are_busy(world: World, minutes: int) -> None:
    @handles(ScheduledTimer, triggers=(CronTrigger("* * * * *"),), result=str)
    async def minutely(ctx: Context[ScheduledTimer], step: Step) -> str:
        await step.sleep("pause", "30s")
        return await step.run("name", str, ctx.event.data.scheduledAt)

    async with world.run(minutely) as bench:
        await bench.advance(f"{minutes}m")
        assert len({event.id for event in await bench.engine.list_events(limit=1_000)}) == minutes
        assert len(await bench.runs()) == minutes


async def test_a_schedule_that_breaks_says_so_and_runs_go_on(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> int:
        raise ZeroDivisionError

    @handles(Paid, result=str)
    async def process(ctx: Context[Paid], step: Step) -> str:
        await step.sleep("pause", "1m")
        return "done"

    monkeypatch.setattr(schedule, "next_occurrence_ms", breaks)
    async with world.run(nightly(), process) as bench:
        await bench.send(Paid())
        await bench.finish()
        assert await result_of(bench) == "done"
    assert "the schedule stopped; restart the engine" in caplog.messages
