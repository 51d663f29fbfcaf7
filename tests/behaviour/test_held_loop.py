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

_PATIENCE_S = 180.0
_HELD_MS = 60

Hold = Callable[[str], None]


@pytest.fixture
def hold(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Holds the loop until somebody complains of who is named."""
    monkeypatch.setattr(stalls, "LOOP_WATCH_MS", 5)
    monkeypatch.setattr(stalls, "LOOP_HELD_MS", _HELD_MS)
    deadline = time.monotonic() + _PATIENCE_S

    def compute(who: str) -> None:
        while not complaints(caplog, who):
            assert time.monotonic() < deadline, "nobody complains"

    return compute


def complaints(caplog: pytest.LogCaptureFixture, who: str) -> list[str]:
    """Those of code in this file: where the machine takes a break, all else may hold the loop, too."""
    of_here = [message for message in caplog.messages if f"; it is at {__file__}:" in message]
    return [message for message in of_here if message.startswith(f"{who} ") and "held the event loop" in message]


def released(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if re.match("step 'blocks' .* let the event loop go", message)]


async def test_a_coroutine_body_that_blocks_is_named_once_and_again_when_it_is_over(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    async def body() -> None:
        hold("step 'blocks'")
        until = time.monotonic() + _HELD_MS / 1_000 * 3
        while time.monotonic() < until:
            pass

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("blocks", body)
        await step.run("blocks", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        run_id = (await bench.run()).run.run_id
        while not released(caplog):  # noqa: ASYNC110
            await asyncio.sleep(0)
    (complaint,) = complaints(caplog, "step 'blocks'")
    begin = rf"step 'blocks' of run {run_id} \(function process\) has held the event loop for 60 ms, "
    middle = rf"and all runs with it; it is at {re.escape(__file__)}:\d+; "
    assert re.fullmatch(begin + middle + "make the body a plain `def`, which runs in a thread", complaint)
    (over,) = released(caplog)
    assert re.fullmatch(rf"step 'blocks' of run {run_id} .* after at least \d+\.\d s", over)


async def test_a_handler_that_computes_for_long_between_steps_is_named(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("first", int)
        hold("the handler")

    async with world.run(process, guard=GuardMode.OFF) as bench:
        await bench.send(Placed())
    (complaint,) = complaints(caplog, "the handler")
    assert re.match(r"the handler of run \w+ \(function process\) has held the event loop for 60 ms", complaint)
    assert f"{Path(__file__).name}:" in complaint
    assert complaint.endswith("belongs into a step whose body is a plain `def`, which runs in a thread")


async def test_code_of_the_same_loop_that_is_no_step_is_named_by_its_place(
    world: World, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process):
        hold("code beside the engine")
    (complaint,) = complaints(caplog, "code beside the engine")
    assert complaint.startswith("code beside the engine has held the event loop for 60 ms")
    assert complaint.endswith("what takes long belongs into a thread: `await asyncio.to_thread(...)`")
