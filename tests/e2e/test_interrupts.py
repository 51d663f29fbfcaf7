"""Ctrl-C twice, while user code holds the loop of a program that embeds the engine: it ends, and loses nothing."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import PATIENCE_S

PROGRAM = """
import asyncio, sys
from typing import Literal
from pathlib import Path
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.waiters import waiter_matches
from surestep.guard.guard import GuardMode
from surestep.storage.sqlite import SqliteStore
from surestep.testing import InlineRegistry
from surestep_dsl.flow import EventTrigger, FunctionOptions

class Go(Event, frozen=True):
    name: Literal["demo/go"] = "demo/go"
    data: Data = Data()

first = not Path("marks").exists()

def hold():
    with open("marks", "a") as marks:
        marks.write("held\\n")
    while first:
        if main_task.cancelling():  # the first Ctrl-C has been heard; two at a time would be one
            Path("told").touch()

async def body():
    hold()

async def handle(ctx, step):
    if WHERE == "handler":
        await step.run("before", int)
        hold()
    else:
        await step.gather(step.run("quick", int), step.run("body", body))
    return "done"

async def main():
    global main_task
    main_task = asyncio.current_task()
    store = await SqliteStore.open("store.db", matches=waiter_matches)
    options = FunctionOptions("go", triggers=(EventTrigger("demo/go"),))
    registry = InlineRegistry("demo", (Go,), [Handler(Function(options, events=(Go,), result_type=str), handle)])
    async with Engine(registry=registry, store=store, guard=GuardMode.OFF) as engine:
        if first:
            await engine.send([RawEvent("demo/go")])
        while not (runs := await engine.list_runs()) or runs[0].status is not RunStatus.COMPLETED:
            await asyncio.sleep(0.01)
        print("completed")

asyncio.run(main())
"""


def await_file(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("where", ["handler", "body"])
def test_a_second_ctrl_c_ends_the_program_and_its_run_goes_on_at_the_next_start(tmp_path: Path, where: str) -> None:
    command = [sys.executable, "-c", PROGRAM.replace("WHERE", repr(where), 1)]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        await_file(tmp_path / "marks")
        process.send_signal(signal.SIGINT)
        await_file(tmp_path / "told")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) != 0
    finally:
        process.kill()
        process.wait()
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert again.stdout == "completed\n", again.stderr
    assert (tmp_path / "marks").read_text() == "held\nheld\n"
