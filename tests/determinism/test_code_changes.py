"""What is changed between a run and its replay, and the nets that catch it, each by itself.

`comparison` is replay alone, with no guard; `ends` the comparison of results that it does of finished runs; `guard` is
what watches handler code; `perturb` is replay in processes with other hash seeds.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from surestep import Data, Event, Function, Handler, Step
from surestep.engines.histories import parse_history
from surestep.engines.replaying import App, Replayed, Verdict, replay_run
from surestep.guard.guard import Guard, GuardMode
from surestep.testing import Bench, InlineRegistry
from surestep_dsl.flow import EventTrigger, FunctionOptions

ROOT = Path(__file__).parents[2]
Body = Callable[[Step], Awaitable[object]]
NAMES = {"ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"}


class Placed(Event, frozen=True):
    name: Literal["order/placed"] = "order/placed"
    data: Data = Data()


def note(what: str) -> str:
    return what


async def original(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def reordered(step: Step) -> object:
    await step.run("second", note, "second")
    await step.run("first", note, "first")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def renamed(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("2nd", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def inserted(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("new", note, "new")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def removed(step: Step) -> object:
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def last_removed(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return "last"


async def sleep_for_step(step: Step) -> object:
    await step.run("first", note, "first")
    await step.sleep("second", "1s")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def sleep_length(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "2m")
    return await step.run("last", note, "last")


async def argument(step: Step) -> object:
    await step.run("first", note, "first")
    await step.run("second", note, "other")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def result(step: Step) -> object:
    await original(step)
    return "other"


async def clock_in_an_argument(step: Step) -> object:
    await step.run("first", note, str(time.time()))
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def clock_in_a_branch(step: Step) -> object:
    if time.time() < 0:
        return None
    return await original(step)


async def chance_in_an_id(step: Step) -> object:
    await step.run(f"first {random.random()}", note, "first")
    await step.run("second", note, "second")
    await step.sleep("pause", "1m")
    return await step.run("last", note, "last")


async def chance_in_a_branch(step: Step) -> object:
    if random.random() > 1:
        return None
    return await original(step)


async def set_order(step: Step) -> object:
    for name in NAMES:
        await step.run(name, note, name)
    return "done"


async def set_as_an_argument(step: Step) -> object:
    return await step.run("all", note, "-".join(NAMES))


CHANGES: dict[Body, set[str]] = {
    reordered: {"comparison"},
    renamed: {"comparison"},
    inserted: {"comparison"},
    removed: {"comparison"},
    last_removed: {"comparison"},
    sleep_for_step: {"comparison"},
    sleep_length: {"comparison"},
    argument: {"comparison"},
    result: {"ends"},
    clock_in_an_argument: {"comparison", "guard"},
    clock_in_a_branch: {"guard"},
    chance_in_an_id: {"comparison", "guard"},
    chance_in_a_branch: {"guard"},
    set_order: {"perturb"},
    set_as_an_argument: {"perturb"},
}
RECORDED: dict[Body, Body] = {set_order: set_order, set_as_an_argument: set_as_an_argument}
"""What runs before the change; `original` for all others. Where they are the same, the process is what changes."""


def registry_of(body: Body) -> InlineRegistry:
    async def call(ctx: Any, step: Step) -> object:
        return await body(step)

    options = FunctionOptions("process", triggers=(EventTrigger("order/placed"),))
    function: Function[Any, object] = Function(options, events=(Placed,), result_type=object)
    return InlineRegistry("shop", [Placed], [Handler(function, call)])


async def recorded(body: Body) -> bytes:
    async with Bench(registry_of(body), guard=GuardMode.OFF, shadow_replay=False) as bench:
        await bench.send(Placed())
        await bench.finish()
        document = await bench.engine.control.load_history((await bench.run()).run.run_id)
        assert document is not None
        return document


def replayed(body: Body, document: bytes, guard: GuardMode) -> Replayed:
    registry = registry_of(body)
    return replay_run(App(registry, registry.load_functions(), Guard(guard).resume), parse_history(document))


def replayed_elsewhere(name: str, document: bytes, seed: str) -> str:
    """The verdict in a process with another hash seed."""
    code = f"import sys; from tests.determinism import test_code_changes as t; t.print_verdict({name!r})"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], input=document, env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def print_verdict(name: str) -> None:
    sys.stdout.write(replayed(globals()[name], sys.stdin.buffer.read(), GuardMode.OFF).verdict)


async def nets_that_catch(change: Body) -> set[str]:
    document = await recorded(RECORDED.get(change, original))
    alone = replayed(change, document, GuardMode.OFF)
    guarded = replayed(change, document, GuardMode.STRICT)
    found = {Verdict.DIVERGED: {"comparison"}, Verdict.ENDED_OTHERWISE: {"ends"}}.get(alone.verdict, set())
    if guarded.verdict is Verdict.DIVERGED and "history:" not in guarded.message:
        found = found | {"guard"}
    if change in RECORDED:
        seeds = {replayed_elsewhere(change.__name__, document, seed) for seed in ("1", "2", "3")}
        found = found | ({"perturb"} if Verdict.DIVERGED in seeds else set())
    return found


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_a_change_is_caught_by_the_nets_that_are_to_catch_it(change: Body) -> None:
    assert await nets_that_catch(change) == CHANGES[change]


async def test_without_a_change_nothing_is_caught() -> None:
    assert await nets_that_catch(original) == set()
