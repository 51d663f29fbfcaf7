"""A recorded run is replayed against today's handlers: it agrees, diverges, or ends otherwise."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.behaviour.conftest import Paid, Placed, World, handles

from surestep import Handler, Step, StepError
from surestep.engines.replaying import App, Replayed, Verdict, replay_run
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.port import RunQuery
from surestep.testing import Bench, InlineRegistry

Body = Callable[[Step], Awaitable[object]]


def double(number: int) -> int:
    return 2 * number


def fails() -> None:
    raise ValueError("no")


def process(body: Body, function_id: str = "process") -> Handler:
    async def call(ctx: Any, step: Step) -> object:
        return await body(step)

    return handles(Placed, function_id=function_id, result=object)(call)


async def original(step: Step) -> object:
    four = await step.run("double", double, 2)
    await step.sleep("pause", "1m")
    return await step.run("again", double, four)


async def replayed(bench: Bench, handler: Handler, guard: GuardMode = GuardMode.STRICT) -> Replayed:
    """Replay the only run with another handler."""
    registry = InlineRegistry("shop", [Placed, Paid], [handler])
    [row] = await bench.store.list_runs(RunQuery())
    stored = await bench.store.load_run(row.run_id)
    assert stored is not None
    return replay_run(App(registry, registry.load_functions(), Guard(guard).resume), stored)


async def verdict(bench: Bench, body: Body, guard: GuardMode = GuardMode.STRICT) -> Verdict:
    return (await replayed(bench, process(body), guard)).verdict


async def test_a_run_agrees_with_its_own_handler_in_every_state(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        assert await verdict(bench, original) is Verdict.AGREES
        await bench.finish()
        found = await replayed(bench, process(original))
        assert (found.verdict, found.message, found.end) == (Verdict.AGREES, "", "it returned 8")
        assert [str(one.key) for one in found.asked] == ["double", "pause", "again"]


async def reordered(step: Step) -> object:
    await step.sleep("pause", "1m")
    four = await step.run("double", double, 2)
    return await step.run("again", double, four)


async def renamed(step: Step) -> object:
    four = await step.run("twice", double, 2)
    await step.sleep("pause", "1m")
    return await step.run("again", double, four)


async def inserted(step: Step) -> object:
    four = await step.run("double", double, 2)
    await step.run("new", double, 1)
    await step.sleep("pause", "1m")
    return await step.run("again", double, four)


async def removed(step: Step) -> object:
    await step.run("double", double, 2)
    return await step.run("again", double, 4)


async def last_removed(step: Step) -> object:
    await step.run("double", double, 2)
    await step.sleep("pause", "1m")
    return 8


async def other_kind(step: Step) -> object:
    four = await step.run("double", double, 2)
    await step.run("pause", double, 1)
    return await step.run("again", double, four)


async def other_length(step: Step) -> object:
    four = await step.run("double", double, 2)
    await step.sleep("pause", "2m")
    return await step.run("again", double, four)


async def other_argument(step: Step) -> object:
    four = await step.run("double", double, 3)
    await step.sleep("pause", "1m")
    return await step.run("again", double, four)


@pytest.mark.parametrize(
    "changed", [reordered, renamed, inserted, removed, last_removed, other_kind, other_length, other_argument]
)
async def test_a_change_of_steps_diverges(world: World, changed: Body) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await verdict(bench, changed) is Verdict.DIVERGED


async def test_a_divergence_says_where_and_what(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        await bench.finish()
        found = await replayed(bench, process(last_removed))
        assert found.message.splitlines()[1:3] == [
            '  position 2    history: run             "again"',
            "                handler: nothing there: it returned",
        ]


async def test_reading_the_clock_or_drawing_at_random_is_refused_by_the_guard(world: World) -> None:
    async def clock(step: Step) -> object:
        four = await step.run("double", double, 2)
        datetime.now(UTC)
        await step.sleep("pause", "1m")
        return await step.run("again", double, four)

    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        await bench.finish()
        found = await replayed(bench, process(clock))
        assert found.verdict is Verdict.DIVERGED
        assert "ctx.now()" in found.message
        assert await verdict(bench, clock, GuardMode.OFF) is Verdict.AGREES


async def test_another_result_is_told(world: World) -> None:
    async def other_result(step: Step) -> object:
        await original(step)
        return "other"

    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        await bench.finish()
        found = await replayed(bench, process(other_result))
        assert found.verdict is Verdict.ENDED_OTHERWISE
        assert found.message.splitlines()[1:3] == ["  history: it returned 8", '  handler: it returned "other"']


async def test_a_failed_run_agrees_when_it_fails_alike(world: World) -> None:
    async def failing(step: Step) -> object:
        await step.run("fails", fails)
        return None

    async def catching(step: Step) -> object:
        try:
            await step.run("fails", fails)
        except StepError:
            return "caught"
        return None

    async with world.run(process(failing)) as bench:
        await bench.send(Placed())
        assert await verdict(bench, failing) is Verdict.AGREES
        await bench.finish()
        assert await verdict(bench, failing) is Verdict.AGREES
        assert await verdict(bench, catching) is Verdict.ENDED_OTHERWISE


async def test_a_handler_that_rests_after_a_mistake_agrees_when_it_makes_it_again(world: World) -> None:
    async def stumbling(step: Step) -> object:
        await step.run("double", double, 2)
        raise ValueError("again and again")

    async with world.run(process(stumbling)) as bench:
        await bench.send(Placed())
        assert await verdict(bench, stumbling) is Verdict.AGREES


async def test_a_stretch_that_is_to_be_tried_again_may_end_otherwise(world: World) -> None:
    async def stumbling(step: Step) -> object:
        await step.run("double", double, 2)
        raise ValueError("again and again")

    async def mended(step: Step) -> object:
        return await step.run("double", double, 2)

    async def worse(step: Step) -> object:
        await step.run("double", double, 2)
        raise KeyError("other")

    async with world.run(process(stumbling)) as bench:
        await bench.send(Placed())
        for body in (mended, worse):
            assert await verdict(bench, body) is Verdict.AGREES
        run = await bench.run()
        await bench.engine.cancel_run(run.run.run_id)
        await bench.advance("1s")
        assert await verdict(bench, stumbling) is Verdict.AGREES


async def test_a_run_under_way_must_wait_for_what_it_waits_for(world: World) -> None:
    async def breaking(step: Step) -> object:
        await step.run("double", double, 2)
        raise ValueError("new")

    async def racing(step: Step) -> object:
        await step.run("double", double, 2)
        await step.race(step.sleep("pause", "1m"), step.run("quick", double, 1))
        return None

    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        assert await verdict(bench, breaking) is Verdict.DIVERGED
        assert await verdict(bench, racing) is Verdict.AGREES


async def test_a_blocked_run_agrees_with_code_that_would_let_it_go_on(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    async with world.run(process(reordered)) as bench:
        await bench.finish()
        assert await verdict(bench, reordered) is Verdict.DIVERGED
        assert await verdict(bench, original) is Verdict.AGREES


async def test_a_function_that_is_gone_is_told(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
        assert (await replayed(bench, process(original, "other"))).verdict is Verdict.UNKNOWN_FUNCTION


async def test_what_a_replayed_handler_logs_is_not_logged_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def call(ctx: Any, step: Step) -> object:
        ctx.logger.warning("here")
        await step.sleep("pause", "1m")
        return None

    handler = handles(Placed, function_id="process", result=object)(call)
    async with world.run(handler) as bench:
        await bench.send(Placed())
        caplog.clear()
        await replayed(bench, handler)
        assert caplog.messages == []
