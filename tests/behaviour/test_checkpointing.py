"""`checkpointing`: results of plain steps wait for a common commit, and a crash costs what was not committed."""

import asyncio
from collections.abc import Callable

import pytest
from tests.behaviour.conftest import Paid, Placed, World, handles, result_of, settle, status_of
from tests.behaviour.test_cost import counted

from surestep import Context, Handler, Step
from surestep.core.records import RunStatus, StepSucceeded
from surestep.testing import Bench
from surestep_dsl.flow import Checkpointing

IN_TENS = Checkpointing(buffered_steps=10)


def counting(steps: int, body: Callable[[int], object], options: Checkpointing) -> Handler:
    async def process(ctx: Context[Placed], step: Step) -> int:
        for number in range(steps):
            await step.run("one", body, number)
        return steps

    return handles(Placed, result=int, checkpointing=options)(process)


async def stored_steps(bench: Bench) -> int:
    records = await bench.history((await bench.run()).run.run_id)
    return sum(isinstance(record, StepSucceeded) for record in records)


@pytest.mark.parametrize(
    ("options", "commits"),
    [
        (IN_TENS, 3),
        (Checkpointing(buffered_steps=1), 25),
        (Checkpointing(buffered_steps=1_000), 1),
        (Checkpointing(max_interval_ms=1_000), 1),
        (None, 25),
    ],
)
async def test_a_run_of_25_steps_is_committed_so_often(
    world: World, monkeypatch: pytest.MonkeyPatch, options: Checkpointing, commits: int
) -> None:
    async with world.run(counting(25, lambda number: number, options)) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert calls == {"append_events": 1, "commit": commits}
        assert await result_of(bench) == 25


async def test_what_others_can_see_is_not_held_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    @handles(Placed, checkpointing=IN_TENS)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("one", int)
        await step.run("two", int)
        await step.send_event("tell", Paid())  # commits
        await step.run("three", int)
        await step.sleep("pause", "1m")  # commits, when it begins and when it ends
        await step.run("four", int)
        await step.wait_for_event("paid", Paid, timeout="1m")  # commits

    async with world.run(process) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert (calls["commit"], await stored_steps(bench)) == (2, 4)
        await bench.advance("1m")
        assert (calls["commit"], await stored_steps(bench)) == (4, 6)


async def test_a_crash_makes_the_steps_run_again_that_were_not_committed(world: World) -> None:
    made: list[int] = []

    async def body(number: int) -> int:
        made.append(number)
        if number == 12 and made.count(12) == 1:
            await asyncio.Event().wait()
        return number

    handler = counting(15, body, IN_TENS)
    async with world.run(handler) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while 12 not in made:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        await world.crash(bench)
        await asyncio.gather(sending, return_exceptions=True)
    async with world.run(handler) as bench:
        await bench.finish()
        assert await result_of(bench) == 15
    assert made == [*range(13), 10, 11, 12, 13, 14]


async def test_closing_in_an_orderly_way_costs_nothing(world: World) -> None:
    made: list[int] = []
    gate = asyncio.Event()

    async def body(number: int) -> int:
        made.append(number)
        if number == 5:
            await gate.wait()
        return number

    handler = counting(8, body, IN_TENS)
    async with world.run(handler) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while 5 not in made:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        closing = asyncio.create_task(bench.engine.close())
        await asyncio.sleep(0)
        gate.set()
        await closing
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    async with world.run(handler) as bench:
        await bench.finish()
        assert await result_of(bench) == 8
    assert made == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("options", "after_ms"),
    [
        (Checkpointing(max_interval_ms=3_000), 3_000),
        (Checkpointing(max_runtime_ms=2_000), 2_000),
        (Checkpointing(buffered_steps=100), 10_000),
        (Checkpointing(max_runtime_ms=60_000), 10_000),
    ],
)
async def test_results_are_committed_after_a_while_although_a_body_is_still_running(
    world: World, options: Checkpointing, after_ms: int
) -> None:
    gate = asyncio.Event()
    made: list[int] = []

    async def body(number: int) -> int:
        made.append(number)
        if number == 3:
            await gate.wait()
        return number

    async with world.run(counting(5, body, options)) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while 3 not in made:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        assert await stored_steps(bench) == 0
        began_ms = bench.clock.now_ms()
        await bench.clock.advance_to(began_ms + after_ms - 1)
        await settle(bench)
        assert await stored_steps(bench) == 0
        await bench.clock.advance_to(began_ms + after_ms)
        while await stored_steps(bench) < 3:  # noqa: ASYNC110 -- the store sends no event
            await asyncio.sleep(0.001)
        gate.set()
        await sending
        assert await result_of(bench) == 5


async def test_a_run_awake_for_longer_than_its_max_runtime_commits_step_by_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body(number: int) -> int:
        if number == 2:
            await world.clock.advance_to(world.clock.now_ms() + 1_000)
        return number

    async with world.run(counting(6, body, Checkpointing(max_runtime_ms=1_000))) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert await result_of(bench) == 6
        assert calls["commit"] == 5  # the first two together, while the third went on


async def test_a_run_that_is_cancelled_stops_although_its_results_were_held_back(world: World) -> None:
    gate = asyncio.Event()
    made: list[int] = []

    async def body(number: int) -> int:
        made.append(number)
        if number == 3:
            await gate.wait()
        return number

    async with world.run(counting(5, body, IN_TENS)) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while 3 not in made:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        while (await status_of(bench), await stored_steps(bench)) != (RunStatus.CANCELLED, 3):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        gate.set()
        await sending
    assert made == [0, 1, 2, 3]
