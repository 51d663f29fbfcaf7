"""A run that has ended, or is blocked, is done again: from its start or from a step, with the same input or another."""

from typing import Any

import pytest
from tests.behaviour.conftest import ONCE, OrderData, Paid, Placed, World, handles

from surestep import Context, Step
from surestep.core.records import RunCopied, RunStatus
from surestep.engines.control_api import RerunRefused, RerunStarted, Selection
from surestep.errors import EventRejectedError, StepUsageError
from surestep.testing import Bench

made: list[str] = []
broken: list[bool] = []


def note(what: str) -> str:
    made.append(what)
    if what == "second" and broken:
        raise ValueError("not yet")
    return what


@handles(Placed, result=object, retries=ONCE)
async def process(ctx: Context[Placed], step: Step) -> object:
    first = await step.run("first", note, "first")
    moment = await step.run("moment", note, str(ctx.uuid()))
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    third = await step.run("third", note, f"third {ctx.event.data.amount}")
    return [first, len(moment), third]


@pytest.fixture(autouse=True)
def fresh() -> None:
    made.clear()
    broken.clear()


async def rerun(bench: Bench, run_id: str, **options: Any) -> str:
    started = await bench.engine.control.rerun(run_id, **options)
    assert isinstance(started, RerunStarted), started
    await bench.finish()
    return started.run_id


async def test_a_failed_run_goes_on_from_a_step_and_does_not_do_again_what_was_finished(world: World) -> None:
    broken.append(True)
    async with world.run(process) as bench:
        await bench.send(Placed())
        failed = await bench.run()
        assert failed.run.status is RunStatus.FAILED
        made.clear()
        broken.clear()
        run_id = await rerun(bench, failed.run.run_id, step="second")
        found = await bench.engine.show_run(run_id)
        assert found is not None
        assert (found.run.status, found.result) == (RunStatus.COMPLETED, ["first", 36, "third 0"])
        assert made == ["second", "third 0"]
        assert [step.key for step in found.steps] == ["first", "moment", "second", "pause", "third"]
        assert (found.copied_from, found.copied_step) == (failed.run.run_id, "second")
        history = await bench.history(run_id)
        assert isinstance(history[0], RunCopied)


async def test_the_copy_survives_a_restart(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        started = await bench.engine.control.rerun(done.run.run_id, step="second")
        assert isinstance(started, RerunStarted)
        await bench.advance("10s")
    made.clear()
    async with world.run(process) as bench:
        await bench.finish()
        found = await bench.engine.show_run(started.run_id)
        assert found is not None
        assert found.run.status is RunStatus.COMPLETED
        assert made == ["third 0"]


async def test_another_input_is_seen_from_the_step_on(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        made.clear()
        run_id = await rerun(bench, done.run.run_id, step="pause", data=b'{"order_id": "o-1", "amount": 7}')
        found = await bench.engine.show_run(run_id)
        assert found is not None
        assert made == ["third 7"]
        assert found.events[0].data == {"order_id": "o-1", "amount": 7}
        assert (await bench.engine.show_run(done.run.run_id)) == done


async def test_without_a_step_everything_is_done_again(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        made.clear()
        run_id = await rerun(bench, done.run.run_id)
        assert [what for what in made if len(what) < 36] == ["first", "second", "third 0"]
        found = await bench.engine.show_run(run_id)
        assert found is not None
        assert found.result == ["first", 36, "third 0"]


async def test_nobody_is_told_of_the_copied_event(world: World) -> None:
    async def wait(ctx: Any, step: Step) -> object:
        return await step.wait_for_event("other", Placed, timeout="1d")

    waits = handles(Paid, function_id="wait", result=object)(wait)
    async with world.run(process, waits) as bench:
        await bench.send(Placed())
        await bench.finish()
        await bench.send(Paid())
        await rerun_and_stay(bench)
        assert (await bench.run("wait")).run.status is RunStatus.WAITING


async def rerun_and_stay(bench: Bench) -> None:
    [done] = await bench.runs("process")
    assert isinstance(await bench.engine.control.rerun(done.run.run_id), RerunStarted)
    await bench.advance("1s")


@pytest.mark.parametrize(
    ("asked", "why", "reason"),
    [
        ({"step": "fourth"}, "unknown step", "it has first, moment, second, pause, third"),
        ({"run_id": "nowhere"}, "unknown run", "there is no run nowhere"),
    ],
)
async def test_what_is_not_there_cannot_be_done_again(world: World, asked: Any, why: str, reason: str) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        refused = await bench.engine.control.rerun(**{"run_id": done.run.run_id, **asked})
        assert isinstance(refused, RerunRefused)
        assert (refused.why, reason in refused.reason) == (why, True)
        assert len(await bench.runs()) == 1


async def test_a_run_under_way_is_not_done_again(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        run = await bench.run()
        refused = await bench.engine.control.rerun(run.run.run_id)
        assert isinstance(refused, RerunRefused)
        assert refused.why == "live run"


async def test_an_input_that_does_not_fit_is_refused_with_its_place(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        with pytest.raises(EventRejectedError, match=r"data\.amount"):
            await bench.engine.control.rerun(done.run.run_id, data=b'{"amount": "many"}')
        assert len(await bench.runs()) == 1


async def test_steps_of_parallel_branches_that_were_asked_before_are_kept(world: World) -> None:
    async def branch(step: Step, name: str, pause: str) -> str:
        await step.run(f"{name}-1", note, f"{name}-1")
        await step.sleep(f"{name}-pause", pause)
        return await step.run(f"{name}-2", note, f"{name}-2")

    async def call(ctx: Any, step: Step) -> object:
        return list(await step.gather(branch(step, "a", "2m"), branch(step, "b", "1m")))

    handler = handles(Placed, function_id="process", result=object)(call)
    async with world.run(handler) as bench:
        await bench.send(Placed())
        await bench.finish()
        done = await bench.run()
        made.clear()
        run_id = await rerun(bench, done.run.run_id, step="a-2")
        found = await bench.engine.show_run(run_id)
        assert found is not None
        assert found.result == ["a-2", "b-2"]
        assert made == ["a-2"]


async def test_runs_are_found_by_function_status_time_and_expression(world: World) -> None:
    async with world.run(process) as bench:
        for amount in (1, 2, 3):
            await bench.send(Placed(data=OrderData(amount=amount)))
            await bench.advance("1h")
        ids = [run.run.run_id for run in reversed(await bench.runs())]
        find = bench.engine.control.find_runs
        start_ms = bench.clock.now_ms() - 3 * 3_600_000
        assert await find(Selection()) == ids
        assert await find(Selection(function_id="other")) == []
        assert await find(Selection(status=RunStatus.COMPLETED)) == ids
        assert await find(Selection(is_live=False)) == ids
        assert await find(Selection(is_live=True)) == []
        assert await find(Selection(since_ms=start_ms + 3_600_000)) == ids[:2]
        assert await find(Selection(until_ms=start_ms + 3_600_000)) == ids[2:]
        assert await find(Selection(condition="event.data.amount >= 2")) == ids[:2]
        assert await find(Selection(run_ids=(ids[1], "nowhere"))) == [ids[1]]
        with pytest.raises(StepUsageError):
            await find(Selection(condition="event.data."))
        with pytest.raises(
            StepUsageError, match="'1': a condition is a boolean, this is int; compare it with something"
        ):
            await find(Selection(condition="1"))
