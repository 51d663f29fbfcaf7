"""Functions that are paused begin no runs; what would start them waits, or is skipped."""

from typing import Any

import pytest
from tests.behaviour.conftest import OrderData, Placed, World, handles

from surestep import Context, Handler, Step
from surestep.core.policies.pause import PauseMode
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked
from surestep.engines.flow_api import QueueRow
from surestep.testing import Bench
from surestep_dsl.flow import Concurrency

COMPLETED, QUEUED, SKIPPED, WAITING = RunStatus.COMPLETED, RunStatus.QUEUED, RunStatus.SKIPPED, RunStatus.WAITING


def working(**options: Any) -> Handler:
    @handles(Placed, function_id="work", **options)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", "1m")

    return work


def order(**more: Any) -> Placed:
    return Placed(data=OrderData(), **more)


async def statuses(bench: Bench) -> list[RunStatus]:
    return [run.run.status for run in await bench.runs("work")]


LIMITS: list[dict[str, Any]] = [{}, {"concurrency": (Concurrency(5),)}]


@pytest.mark.parametrize("options", LIMITS)
async def test_runs_wait_until_the_function_is_resumed_and_those_under_way_go_on(
    world: World, options: dict[str, Any]
) -> None:
    async with world.run(working(**options)) as bench:
        await bench.send(order())
        assert await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.send(order(), order())
        assert await statuses(bench) == [WAITING, QUEUED, QUEUED]
        assert (await bench.engine.flow.list_queue()).queue == (QueueRow("work", "pause", None, 2),)
        held = (await bench.runs("work"))[2].held
        assert held is not None
        assert (held.policy, held.position) == ("pause", 2)
        await bench.advance("1h")
        assert await statuses(bench) == [COMPLETED, QUEUED, QUEUED]
        assert await bench.engine.flow.resume("work")
        await bench.finish()
        assert await statuses(bench) == [COMPLETED] * 3
        assert (await bench.engine.flow.list_queue()).queue == ()


async def test_events_are_skipped_if_that_is_wanted(world: World) -> None:
    async with world.run(working()) as bench:
        await bench.engine.flow.pause("work", PauseMode.SKIP)
        await bench.send(order())
        assert (await bench.engine.flow.list_queue()).queue == (QueueRow("work", "pause", None, 0),)
        await bench.engine.flow.resume("work")
        await bench.send(order())
        await bench.finish()
        skipped, done = await bench.runs("work")
        assert (skipped.run.status, done.run.status) == (SKIPPED, COMPLETED)
        assert skipped.error is not None
        assert skipped.error.message == "pause: the function is paused"


@pytest.mark.parametrize("options", LIMITS)
@pytest.mark.parametrize("mode", PauseMode)
async def test_a_pause_outlasts_a_crash(world: World, mode: PauseMode, options: dict[str, Any]) -> None:
    async with world.run(working(**options)) as bench:
        await bench.send(order())
        await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.send(order(ts=world.clock.now_ms() + 5_000))
        await bench.engine.flow.pause("work", mode)
        await world.crash(bench)
    async with world.run(working(**options)) as bench:
        await bench.advance("10m")
        assert await statuses(bench) == [COMPLETED, QUEUED]
        await bench.send(order())
        assert (await statuses(bench))[2] is (QUEUED if mode is PauseMode.QUEUE else SKIPPED)
        await bench.engine.flow.resume("work")
        await bench.finish()
        assert await statuses(bench) == [COMPLETED, COMPLETED, COMPLETED if mode is PauseMode.QUEUE else SKIPPED]


async def test_a_run_of_a_paused_function_can_be_cancelled(world: World) -> None:
    async with world.run(working()) as bench:
        await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.send(order())
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        await bench.finish()
        assert await statuses(bench) == [RunStatus.CANCELLED]


@pytest.mark.parametrize("options", LIMITS)
async def test_a_cancellation_that_a_crash_has_overtaken_is_carried_out(world: World, options: dict[str, Any]) -> None:
    async with world.run(working(**options)) as bench:
        await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.send(order())
        await bench.store.signal((await bench.run()).run.run_id, CancelAsked("enough"))
        await world.crash(bench)
    async with world.run(working(**options)) as bench:
        await bench.advance("1s")
        assert await statuses(bench) == [RunStatus.CANCELLED]


async def test_unknown_functions_cannot_be_paused(world: World) -> None:
    async with world.run(working()) as bench:
        assert not await bench.engine.flow.pause("wark", PauseMode.QUEUE)
        assert not await bench.engine.flow.resume("wark")
