"""Code that holds the event loop is named while it does, with its place and what to do about it."""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.behaviour.conftest import Placed, World, handles

from surestep import Context, Step
from surestep.engines import stalls
from surestep.guard.guard import GuardMode

_PATIENCE_S = 10.0

Hold = Callable[[], None]


@pytest.fixture
def hold(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Holds the loop until somebody complains."""
    monkeypatch.setattr(stalls, "LOOP_WATCH_MS", 5)
    monkeypatch.setattr(stalls, "LOOP_HELD_MS", 20)
    deadline = time.monotonic() + _PATIENCE_S

    def compute() -> None:
        while not any("held the event loop" in message for message in caplog.messages):
            assert time.monotonic() < deadline, "nobody complains"

    return compute


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "held the event loop" in message]


async def test_a_coroutine_body_that_blocks_is_named_once_and_again_when_it_is_over(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    async def body() -> None:
        hold()
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            pass

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("blocks", body)
        await step.run("blocks", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        run_id = (await bench.run()).run.run_id
        while not any("let the event loop go" in message for message in caplog.messages):  # noqa: ASYNC110
            await asyncio.sleep(0)
    (complaint,) = complaints(caplog)
    begin = rf"step 'blocks' of run {run_id} \(function process\) has held the event loop for 20 ms, "
    middle = rf"and all runs with it; it is at {re.escape(__file__)}:\d+; "
    assert re.fullmatch(begin + middle + "make the body a plain `def`, which runs in a thread", complaint)
    (over,) = (message for message in caplog.messages if "let the event loop go" in message)
    assert re.fullmatch(rf"step 'blocks' of run {run_id} .* after at least 0\.\d s", over)


async def test_a_handler_that_computes_for_long_between_steps_is_named(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("first", int)
        hold()

    async with world.run(process, guard=GuardMode.OFF) as bench:
        await bench.send(Placed())
    (complaint,) = complaints(caplog)
    assert re.match(r"the handler of run \w+ \(function process\) has held the event loop for 20 ms", complaint)
    assert f"{Path(__file__).name}:" in complaint
    assert complaint.endswith("belongs into a step whose body is a plain `def`, which runs in a thread")


async def test_code_of_the_same_loop_that_is_no_step_is_named_by_its_place(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process):
        hold()
    (complaint,) = complaints(caplog)
    assert complaint.startswith("code beside the engine has held the event loop for 20 ms")
    assert complaint.endswith("what takes long belongs into a thread: `await asyncio.to_thread(...)`")
