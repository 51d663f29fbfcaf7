"""`ctx`: the same on every replay, and its log lines come once."""

import logging
from datetime import UTC, datetime

import pytest
from tests.behaviour.conftest import START_MS, TWICE, Placed, World, handles, result_of

from surestep import Context, Step


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "surestep.run")
    return caplog


def texts(lines: pytest.LogCaptureFixture) -> list[str]:
    return [message.split("] ")[1] for message in lines.messages]


async def test_time_and_chance_repeat_on_replay(world: World) -> None:
    seen: list[list[object]] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        drawn: list[object] = [ctx.now(), ctx.random(), ctx.uuid()]
        seen.append(drawn)
        await step.sleep("pause", "90s")
        drawn.extend([ctx.now(), ctx.random(), ctx.uuid()])
        await step.sleep("pause", "30s")
        drawn.append(ctx.now())

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process) as bench:
        await bench.finish()
    last = seen[-1]
    assert [last[0], last[3], last[6]] == [
        datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 2, 0, tzinfo=UTC),
    ]
    assert len(seen) == (2 if world.cached_turns else 3)
    assert all(last[: len(drawn)] == drawn for drawn in seen)
    assert last[1] != last[4]
    assert last[2] != last[5]


async def test_two_runs_draw_differently(world: World) -> None:
    seen: set[float] = set()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        seen.add(ctx.random())

    async with world.run(process) as bench:
        await bench.send(Placed(), Placed())
    assert len(seen) == 2


async def test_what_a_body_draws_does_not_disturb_what_the_handler_draws(world: World) -> None:
    seen: list[float] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("draw", ctx.random)
        await step.run("draw", lambda: str(ctx.uuid()))
        seen.append(ctx.random())
        await step.sleep("pause", "1s")

    async with world.run(process) as bench:
        await bench.send(Placed())
    async with world.run(process) as bench:
        await bench.finish()
    assert len(seen) == 2
    assert len(set(seen)) == 1


async def test_each_line_is_logged_once(world: World, lines: pytest.LogCaptureFixture) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        ctx.logger.info("one")
        await step.run("body", lambda: ctx.logger.info("in the body"))
        ctx.logger.info("two %s", "and a half")
        await step.sleep("pause", "1m")
        ctx.logger.info("three")
        await step.sleep("pause", "1m")
        ctx.logger.warning("four")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process) as bench:
        await bench.finish()
        run_id = (await bench.run()).run.run_id
    assert texts(lines) == ["one", "in the body", "two and a half", "three", "four"]
    assert all(message.startswith(f"[{run_id}] ") for message in lines.messages)


async def test_a_segment_that_is_tried_again_logs_again_and_what_came_before_does_not(
    world: World, lines: pytest.LogCaptureFixture
) -> None:
    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        ctx.logger.info("before")
        await step.run("first", int)
        ctx.logger.info("attempt %s", ctx.attempt)
        if ctx.attempt == 0:
            raise ValueError("flaky")
        ctx.logger.info("after")
        await step.sleep("pause", "1m")
        ctx.logger.info("end, attempt %s", ctx.attempt)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert texts(lines) == ["before", "attempt 0", "attempt 1", "after", "end, attempt 0"]


async def test_the_first_segment_that_is_tried_again_logs_again(world: World, lines: pytest.LogCaptureFixture) -> None:
    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        ctx.logger.info("attempt %s", ctx.attempt)
        if ctx.attempt == 0:
            raise ValueError("flaky")
        await step.sleep("pause", "1m")

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert texts(lines) == ["attempt 0", "attempt 1"]


async def test_a_handler_knows_its_run_and_what_started_it(world: World) -> None:
    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        return [ctx.run_id, ctx.triggered_by, *(event.name for event in ctx.events)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        run_id = (await bench.run()).run.run_id
        assert await result_of(bench) == [run_id, "event", "order/placed"]
    assert len(run_id) == 26


async def test_runs_are_listed_by_the_time_they_were_made(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process) as bench:
        for _ in range(3):
            await bench.send(Placed())
            await bench.advance("1s")
        newest_first = await bench.engine.list_runs(limit=2)
        rest = await bench.engine.list_runs(before=newest_first[-1].run_id)
    made = [run.created_at_ms - START_MS for run in [*newest_first, *rest]]
    assert made == [2_000, 1_000, 0]
