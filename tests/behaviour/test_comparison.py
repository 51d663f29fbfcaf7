"""A function may be compared less strictly: its runs go on although their handler disagrees with their history."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.behaviour.conftest import Placed, World, handles

from surestep import Handler, Step
from surestep.core.records import RunStatus
from surestep.engines.determinism import Comparison, Determinism
from surestep.errors import ConfigurationError
from surestep.testing import Bench, InlineRegistry

Body = Callable[[Step], Awaitable[object]]
made: list[str] = []


def note(what: str) -> str:
    made.append(what)
    return what


def number() -> int:
    return 7


def process(body: Body) -> Handler:
    async def call(ctx: Any, step: Step) -> object:
        return await body(step)

    return handles(Placed, function_id="process", result=object)(call)


async def original(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return "original"


async def reordered(step: Step) -> object:
    second = await step.run("second", note, "second")
    first = await step.run("first", note, "first")
    await step.sleep("pause", "1m")
    return [first, second]


async def inserted(step: Step) -> object:
    new = await step.run("new", note, "new")
    first = await step.run("first", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return [new, first]


async def without_the_first(step: Step) -> object:
    second = await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return second


async def with_other_arguments(step: Step) -> object:
    first = await step.run("first", note, "other")
    await step.sleep("pause", "2m")
    return first


async def with_another_type(step: Step) -> object:
    await step.run("first", number)
    return None


async def finish(world: World, changed: Body, comparison: Comparison) -> tuple[RunStatus, object]:
    """Begin with the original handler, go on with the changed one."""
    made.clear()
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    registry = InlineRegistry("shop", [Placed], [process(changed)])
    settings = Determinism({"process": comparison})
    store, turns = await world.open(), world.cached_turns
    bench = Bench(
        registry, store=store, clock=world.clock, cached_turns=turns, determinism=settings, shadow_replay=False
    )
    async with bench:
        await bench.finish()
        run = await bench.run()
        return run.run.status, run.result


@pytest.mark.parametrize("comparison", [Comparison.WARN, Comparison.OFF])
@pytest.mark.parametrize(
    ("changed", "result", "bodies"),
    [
        (reordered, ["first", "second"], ["first", "second"]),
        (inserted, ["new", "first"], ["first", "second", "new"]),
        (without_the_first, "second", ["first", "second"]),
        (with_other_arguments, "first", ["first", "second"]),
        (original, "original", ["first", "second"]),
    ],
)
async def test_results_go_to_the_steps_of_their_ids_and_the_run_goes_on(
    world: World, comparison: Comparison, changed: Body, result: object, bodies: list[str]
) -> None:
    assert await finish(world, changed, comparison) == (RunStatus.COMPLETED, result)
    assert made == bodies


async def test_a_result_that_no_longer_fits_blocks_all_the_same(world: World) -> None:
    assert await finish(world, with_another_type, Comparison.OFF) == (RunStatus.BLOCKED, None)


async def test_the_default_is_strict(world: World) -> None:
    assert await finish(world, reordered, Comparison.STRICT) == (RunStatus.BLOCKED, None)


async def test_a_warning_says_what_a_strict_comparison_would_say(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "surestep.engine"):
        await finish(world, reordered, Comparison.WARN)
    told = [message for message in caplog.messages if message.startswith("R300 ")]
    assert len(told) >= 1
    assert '  position 0    history: run             "first"' in told[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Determinism({"proces": Comparison.OFF}), "comparison names proces, and the app has no such function"),
        (Determinism(shadow_replay=10), "shadow_replay is 10; it is a part of all runs, from 0 to 1"),
    ],
)
async def test_an_engine_does_not_start_with_settings_that_mean_nothing(settings: Determinism, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await Bench(InlineRegistry("shop", [Placed], [process(original)]), determinism=settings).__aenter__()


async def test_off_says_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "surestep.engine"):
        await finish(world, reordered, Comparison.OFF)
    assert caplog.messages == []
