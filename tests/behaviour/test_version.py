"""`step.version`: runs that passed a place before its gate stood there keep to the old code, others take the new."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.behaviour.conftest import TWICE, Placed, World, error_of, handles, result_of, status_of

from surestep import Context, Handler, Step
from surestep.core.records import ChangeTaken, RunStatus

Body = Callable[[Step], Awaitable[str]]


def process(body: Body) -> Handler:
    async def call(ctx: Context[Placed], step: Step) -> str:
        return await body(step)

    return handles(Placed, function_id="process", result=str, retries=TWICE)(call)


async def before(step: Step) -> str:
    await step.sleep("first", "1m")
    price = await step.run("price", lambda: "old price")
    await step.sleep("second", "1m")
    return price


async def gated(step: Step) -> str:
    await step.sleep("first", "1m")
    if step.version("new-price"):
        price = await step.run("new-price", lambda: "new price")
    else:
        price = await step.run("price", lambda: "old price")
    await step.sleep("second", "1m")
    return price


async def after(step: Step) -> str:
    await step.sleep("first", "1m")
    price = await step.run("new-price", lambda: "new price")
    await step.sleep("second", "1m")
    return price


async def test_a_run_that_passed_the_place_before_keeps_the_old_path(world: World) -> None:
    async with world.run(process(before)) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process(gated)) as bench:
        await bench.finish()
        assert await result_of(bench) == "old price"


async def test_a_run_that_had_not_come_there_takes_the_new_path(world: World) -> None:
    async with world.run(process(before)) as bench:
        await bench.send(Placed())
    async with world.run(process(gated)) as bench:
        await bench.finish()
        assert await result_of(bench) == "new price"


async def test_a_new_run_takes_the_new_path_and_keeps_to_it_on_replay(world: World) -> None:
    async with world.run(process(gated)) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process(gated)) as bench:
        await bench.finish()
        assert await result_of(bench) == "new price"
        records = await bench.history((await bench.run()).run.run_id)
        assert [record.change_id for record in records if isinstance(record, ChangeTaken)] == ["new-price"]


async def test_once_the_old_runs_are_gone_the_gate_may_go_too(world: World) -> None:
    async with world.run(process(gated)) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process(after)) as bench:
        await bench.finish()
        assert await result_of(bench) == "new price"


async def test_an_old_run_that_meets_code_without_the_gate_is_blocked(world: World) -> None:
    async with world.run(process(before)) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(process(after)) as bench:
        await bench.advance("1m")
        run = await bench.run()
        assert run.run.status is RunStatus.BLOCKED
        assert run.error is not None
        assert 'keep the old code behind step.version("...")' in run.error.message
        run_id = run.run.run_id
    async with world.run(process(gated)) as bench:
        await bench.engine.release_run(run_id)
        await bench.finish()
        assert await result_of(bench) == "old price"


async def test_what_a_blocked_run_has_not_lived_through_takes_the_new_path(world: World) -> None:
    async def other(step: Step) -> str:
        await step.sleep("another", "1m")
        return "other"

    async with world.run(process(before)) as bench:
        await bench.send(Placed())
    async with world.run(process(other)) as bench:
        await bench.advance("1m")
        assert await status_of(bench) is RunStatus.BLOCKED
    async with world.run(process(gated)) as bench:
        await bench.engine.release_run((await bench.run()).run.run_id)
        await bench.finish()
        assert await result_of(bench) == "new price"


async def test_the_first_meeting_decides_for_the_whole_run(world: World) -> None:
    async def ungated(step: Step) -> str:
        for _ in range(3):
            await step.sleep("pause", "1m")
        return "old"

    async def looping(step: Step) -> str:
        seen = []
        for _ in range(3):
            seen.append(step.version("loop"))
            await step.sleep("pause", "1m")
        return str(seen)

    async with world.run(process(ungated)) as bench:
        await bench.send(Placed())
    async with world.run(process(looping)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert {str(run.result) for run in await bench.runs()} == {"[False, False, False]", "[True, True, True]"}


async def test_a_crash_in_the_first_body_behind_the_gate_does_not_change_the_path(world: World) -> None:
    begun: list[str] = []

    async def new_price() -> str:
        begun.append("new")
        if len(begun) == 1:
            await asyncio.Event().wait()
        return "new price"

    async def stops(step: Step) -> str:
        await step.run("warm-up", int)
        if step.version("new-price"):
            return await step.run("new-price", new_price)
        return "old price"

    async with world.run(process(stops)) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while not begun:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        await world.crash(bench)
        await asyncio.gather(sending, return_exceptions=True)
    async with world.run(process(stops)) as bench:
        await bench.finish()
        assert await result_of(bench) == "new price"
    assert begun == ["new", "new"]


async def test_a_crash_in_a_body_of_the_old_code_keeps_the_old_path(world: World) -> None:
    begun: list[str] = []

    async def old_price() -> str:
        begun.append("old")
        if len(begun) == 1:
            await asyncio.Event().wait()
        return "old price"

    async def old(step: Step) -> str:
        await step.run("warm-up", int)
        return await step.run("price", old_price)

    async def new(step: Step) -> str:
        await step.run("warm-up", int)
        if step.version("new-price"):
            return "new price"
        return await step.run("price", old_price)

    async with world.run(process(old)) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while not begun:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        await world.crash(bench)
        await asyncio.gather(sending, return_exceptions=True)
    async with world.run(process(new)) as bench:
        await bench.finish()
        assert await result_of(bench) == "old price"


async def test_a_gate_met_by_an_attempt_that_failed_is_met_anew(world: World) -> None:
    seen: list[bool] = []

    async def flaky(step: Step) -> str:
        await step.run("warm-up", int)
        seen.append(step.version("change"))
        if len(seen) == 1:
            raise ValueError("once")
        return str(seen[-1])

    async with world.run(process(flaky)) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "True"
        assert await bench.store.next_due_ms() is None


async def test_a_gate_in_a_body_is_refused(world: World) -> None:
    async def nested(step: Step) -> str:
        return str(await step.run("outer", lambda: step.version("change")))

    async with world.run(process(nested)) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "NestedStepError",
            (
                "step.version('change') is used inside the body of step 'outer'; "
                "return a value from the body and use the inner step in the handler"
            ),
        )
