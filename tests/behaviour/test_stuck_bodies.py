"""Plain bodies that go on after their timeouts: the engine goes on, too."""

import asyncio
import functools
import threading

import pytest
from tests.behaviour.conftest import ONCE, Placed, World, handles, result_of, settle, skip_time

from surestep import Context, Step, StepError
from surestep.engines import bodies
from surestep.engines.threads import BodyThreads


async def test_more_stuck_bodies_than_threads_do_not_stop_the_engine(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bodies, "BodyThreads", functools.partial(BodyThreads, 2))
    released = threading.Event()

    @handles(Placed, retries=ONCE, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        impatient = step.options(timeout="1ms")
        stuck = (impatient.run(f"stuck-{number}", released.wait) for number in range(5))
        found = await step.gather(*stuck, return_exceptions=True)
        assert await step.run("goes on", str, "fine") == "fine"
        return [one.message for one in found if isinstance(one, StepError)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == ["the attempt took longer than its timeout"] * 5
        run_id = (await bench.run()).run.run_id
        released.set()
    begin = f"the body of step 'stuck-4' of run {run_id} goes on in its thread after its timeout"
    assert any(message.startswith(begin) for message in caplog.messages)


async def test_the_time_that_a_body_waits_for_a_thread_is_not_part_of_its_timeout(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BodyThreads", functools.partial(BodyThreads, 1))
    released = threading.Event()

    @handles(Placed, retries=ONCE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        slow = step.run("slow", released.wait)
        return (await step.gather(slow, step.options(timeout="1m").run("waits", str, "in time")))[1]

    async with world.run(process) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        await settle(bench)
        skip_time(60)
        await settle(bench)
        released.set()
        await sending
        assert await result_of(bench) == "in time"
