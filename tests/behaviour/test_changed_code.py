"""A handler that disagrees with its history blocks the run; fitting code and a release let it go on."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest
from tests.behaviour.conftest import Paid, Placed, World, handles, result_of, status_of

from surestep import Data, Event, Handler, Step
from surestep.core.records import RunStatus

made: list[str] = []


def note(what: str) -> str:
    made.append(what)
    return what


def process(body: Callable[[Step], Awaitable[object]]) -> Handler:
    async def call(ctx: Any, step: Step) -> object:
        return await body(step)

    return handles(Placed, function_id="process", result=object)(call)


async def original(step: Step) -> object:
    await step.run("first", note, "first")
    await step.sleep("pause", "1m")
    await step.run("second", note, "second")
    return "done"


async def without_the_first(step: Step) -> object:
    await step.sleep("pause", "1m")
    return "changed"


async def with_other_arguments(step: Step) -> object:
    await step.run("first", note, "other")
    await step.sleep("pause", "1m")
    return "changed"


async def with_another_duration(step: Step) -> object:
    await step.run("first", note, "first")
    await step.sleep("pause", "2m")
    return "changed"


async def that_ends_early(step: Step) -> object:
    await step.run("first", note, "first")
    return "changed"


async def that_breaks_early(step: Step) -> object:
    await step.run("first", note, "first")
    raise ValueError("new mistake")


async def that_swaps(step: Step) -> object:
    await step.gather(step.sleep("pause", "1m"), step.run("first", note, "first"))
    return "changed"


async def with_another_type(step: Step) -> object:
    def first(what: str) -> int:
        return len(what)

    await step.run("first", first, "first")
    await step.sleep("pause", "1m")
    return "changed"


@pytest.mark.parametrize(
    ("changed", "position", "history", "handler"),
    [
        (without_the_first, 0, 'run             "first"', 'sleep           "pause"'),
        (with_other_arguments, 0, 'run             "first"', 'run             "first" with other arguments'),
        (with_another_duration, 1, 'sleep           "pause"', 'sleep           "pause" with other arguments'),
        (that_ends_early, 1, 'sleep           "pause"', "nothing there: it returned"),
        (that_breaks_early, 1, 'sleep           "pause"', "nothing there: it raised ValueError: new mistake"),
        (that_swaps, 0, 'run             "first"', 'sleep           "pause"'),
        (with_another_type, 0, 'run             "first"', "with a result that no longer fits: "),
    ],
)
async def test_a_changed_handler_is_blocked_with_position_and_released_with_fitting_code(
    world: World, changed: Callable[[Step], Awaitable[object]], position: int, history: str, handler: str
) -> None:
    made.clear()
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    async with world.run(process(changed)) as bench:
        await bench.advance("1m")
        run = await bench.run()
        assert run.run.status is RunStatus.BLOCKED
        assert run.error is not None
        assert run.error.name == "NonDeterminismError"
        lines = run.error.message.splitlines()
        assert lines[0] == f"in run {run.run.run_id} (function process)"
        assert lines[1] == f"  position {position:<4} history: {history}"
        assert lines[2].startswith(f"                handler: {handler}")
        assert await bench.engine.release_run(run.run.run_id) is True
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
    async with world.run(process(original)) as bench:
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
        assert await bench.engine.release_run(run.run.run_id) is True
        await bench.finish()
        assert await result_of(bench) == "done"
    assert made == ["first", "second"]


async def test_a_blocked_run_takes_note_of_what_it_waits_for(world: World) -> None:
    async def waits(step: Step) -> object:
        await step.sleep("pause", "1m")
        found = await step.wait_for_event("payment", Paid, timeout="1h")
        return found is not None

    async def both(step: Step) -> object:
        _, found = await step.gather(step.sleep("pause", "1m"), step.wait_for_event("payment", Paid, timeout="1h"))
        return found is not None

    async with world.run(process(both)) as bench:
        await bench.send(Placed())
    async with world.run(process(waits)) as bench:
        await bench.advance("2m")
        assert await status_of(bench) is RunStatus.BLOCKED
        await bench.send(Paid())
    async with world.run(process(both)) as bench:
        run = await bench.run()
        await bench.engine.release_run(run.run.run_id)
        await bench.advance("1s")
        assert await result_of(bench) is True


async def test_a_blocked_run_can_be_cancelled(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    async with world.run(process(that_ends_early)) as bench:
        await bench.advance("1m")
        run = await bench.run()
        assert run.run.status is RunStatus.BLOCKED
        await bench.engine.cancel_run(run.run.run_id)
        await bench.advance("1s")
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_a_change_after_what_history_knows_is_no_disagreement(world: World) -> None:
    async def longer(step: Step) -> object:
        await step.run("first", note, "first")
        await step.sleep("pause", "1m")
        await step.run("new", note, "new")
        return "longer"

    made.clear()
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    async with world.run(process(longer)) as bench:
        await bench.finish()
        assert await result_of(bench) == "longer"
    assert made == ["first", "new"]


async def test_a_handler_that_asks_differently_each_time_is_found_out(world: World) -> None:
    turns: list[int] = []

    async def swaps(step: Step) -> object:
        turns.append(1)
        for step_id in ("a", "b") if len(turns) % 2 else ("b", "a"):
            await step.run(step_id, note, step_id)
            await step.sleep("pause", "1m")
        return "done"

    if world.cached_turns:
        pytest.skip("a handler that is kept is not run again")
    made.clear()
    async with world.run(process(swaps)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
    assert made == ["a"]


class NewData(Data, frozen=True):
    order_id: str
    amount: int
    currency: str


class NewPlaced(Event, frozen=True):
    name: Literal["order/placed"] = "order/placed"
    data: NewData


async def test_a_run_whose_stored_event_no_longer_fits_its_class_is_blocked(world: World) -> None:
    async with world.run(process(original)) as bench:
        await bench.send(Placed())
    world.events = (NewPlaced, Paid)
    async with world.run(process(original)) as bench:
        await bench.advance("1m")
        run = await bench.run()
        assert run.run.status is RunStatus.BLOCKED
        assert run.error is not None
        assert f"the stored event of run {run.run.run_id} no longer fits its class" in run.error.message
    world.events = (Placed, Paid)
    async with world.run(process(original)) as bench:
        await bench.engine.release_run(run.run.run_id)
        await bench.finish()
        assert await result_of(bench) == "done"
