"""One measurement of this engine in a process of its own, for engine.py. Prints JSON.

engine_ours.py SHAPE STORE [NUMBER ...]
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, Literal

import apsw

from surestep.authoring.context import Context
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler
from surestep.authoring.step import Step
from surestep.core.decisions import RunLimits
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.garbage import relieve_collector
from surestep.engines.waiters import waiter_matches
from surestep.limits import CACHED_TURNS, EVENTS_PER_REQUEST, STEPS_PER_RUN_MAX
from surestep.storage.sqlite import SqliteStore
from surestep.testing import InlineRegistry
from surestep_dsl.flow import EventTrigger, FunctionOptions

__all__: list[str] = []


class OrderData(Data, frozen=True):
    """The payload of both events."""

    order_id: str


class OrderCreated(Event, frozen=True):
    """Starts a run."""

    name: Literal["order/created"] = "order/created"
    data: OrderData


class OrderPaid(Event, frozen=True):
    """Ends a wait."""

    name: Literal["order/paid"] = "order/paid"
    data: OrderData


CREATED: Final = RawEvent("order/created", {"order_id": "o-1024"})
AppHandler = Callable[[Context[OrderCreated], Step], Coroutine[Any, Any, int]]
PAUSE_S: Final = 0.01
"""Between two events of the latency measurement: the engine is idle again."""


async def charge(order_id: str) -> int:
    """A step body that costs nothing."""
    return len(order_id)


async def open_engine(path: str, handler: AppHandler, cached_turns: int = CACHED_TURNS) -> Engine:
    """An engine with one function, at full durability."""
    options = FunctionOptions(id="process-order", triggers=(EventTrigger("order/created"),))
    function = Function[OrderData, int](options, events=(OrderCreated,), result_type=int)
    registry = InlineRegistry("shop", [OrderCreated, OrderPaid], [Handler(function, handler)])
    store = await SqliteStore.open(path, matches=waiter_matches)
    return Engine(registry=registry, store=store, cached_turns=cached_turns, limits=RunLimits(steps=STEPS_PER_RUN_MAX))


async def send(engine: Engine, events: list[RawEvent]) -> None:
    """Send any number of events."""
    for first in range(0, len(events), EVENTS_PER_REQUEST):
        await engine.send(events[first : first + EVENTS_PER_REQUEST])


async def measure_runs(path: str, runs: int, steps: int) -> dict[str, float]:
    """Runs of sequential steps, started together."""
    times: list[float] = []
    all_ended = asyncio.Event()

    async def timed(order_id: str) -> int:
        times.append(time.perf_counter())
        if len(times) == runs * steps:
            all_ended.set()
        return len(order_id)

    async def handler(ctx: Context[OrderCreated], step: Step) -> int:
        for _ in range(steps):
            await step.run("charge", timed, ctx.event.data.order_id)
        return 1

    async with await open_engine(path, handler) as engine:
        begin, processor = time.perf_counter(), time.process_time()
        await send(engine, [CREATED] * runs)
        await all_ended.wait()  # `idle` alone would keep the loop busy all the time
        await engine.idle()
        seconds, processor = time.perf_counter() - begin, time.process_time() - processor
    if len(times) != runs * steps:
        sys.exit(f"{len(times)} steps ended instead of {runs * steps}")
    tenth = max(steps // 10, 2)
    return {
        "runs_per_s": runs / seconds,
        "steps_per_s": runs * steps / seconds,
        "ms_per_step": seconds * 1_000 / steps,
        "first_tenth_ms": (times[tenth - 1] - times[0]) * 1_000 / (tenth - 1),
        "last_tenth_ms": (times[-1] - times[-tenth]) * 1_000 / (tenth - 1),
        "processor_us_per_step": processor * 1_000_000 / runs / steps,
        "bytes_per_run": file_bytes(path) / runs,
    }


async def measure_commits(path: str, steps: int) -> dict[str, float]:
    """Transactions per step of a lonely run."""
    commits = 0
    seen: list[int] = []

    def count() -> bool:
        nonlocal commits
        commits += 1
        return False

    async def note() -> None:
        seen.append(commits)

    async def handler(_: Context[OrderCreated], step: Step) -> int:
        for _again in range(steps):
            await step.run("note", note)
        return 1

    apsw.connection_hooks.append(lambda connection: connection.set_commit_hook(count))
    async with await open_engine(path, handler) as engine:
        await engine.send([CREATED])
        await engine.idle()
    return {"commits_per_step": (seen[-1] - seen[0]) / (steps - 1)}


async def measure_latency(path: str, count: int) -> dict[str, float]:
    """From sending an event to the start of its run's first step, on an idle engine."""
    began = asyncio.Event()
    begin = 0.0
    times: list[float] = []

    async def first() -> None:
        times.append((time.perf_counter() - begin) * 1_000)
        began.set()

    async def handler(_: Context[OrderCreated], step: Step) -> int:
        await step.run("first", first)
        return 1

    async with await open_engine(path, handler) as engine:
        for _ in range(count):
            await engine.idle()
            await asyncio.sleep(PAUSE_S)
            began.clear()
            begin = time.perf_counter()
            await engine.send([CREATED])
            await began.wait()
    times.sort()
    return {"p50_ms": times[count // 2], "p99_ms": times[count * 99 // 100]}


async def fill(path: str, runs: int) -> dict[str, float]:
    """Bring runs between their two steps, say so, and wait to be killed."""
    hanging = 0
    all_hang = asyncio.Event()

    async def hang() -> int:
        nonlocal hanging
        hanging += 1
        if hanging == runs:
            all_hang.set()
        await asyncio.Event().wait()
        return 1

    async with await open_engine(path, two_steps(charge, hang)) as engine:
        await send(engine, [CREATED] * runs)
        await all_hang.wait()
        print("ready", flush=True)
        await asyncio.Event().wait()
    return {}


async def recover(path: str, runs: int) -> dict[str, float]:
    """Finish what `fill` has left, from opening the store to the end of the last run."""
    ended = 0
    all_ended = asyncio.Event()

    async def again(order_id: str) -> int:
        sys.exit(f"a finished step ran again for {order_id}")

    async def end() -> int:
        nonlocal ended
        ended += 1
        if ended == runs:
            all_ended.set()
        return 1

    begin = time.perf_counter()
    async with await open_engine(path, two_steps(again, end)) as engine:
        await all_ended.wait()
        await engine.idle()
        seconds = time.perf_counter() - begin
    if ended != runs:
        sys.exit(f"{ended} runs were recovered instead of {runs}")
    return {"recovered_runs_per_s": runs / seconds}


def two_steps(
    first: Callable[[str], Coroutine[Any, Any, int]], second: Callable[[], Coroutine[Any, Any, int]]
) -> AppHandler:
    """The handler of the recovery."""

    async def handler(ctx: Context[OrderCreated], step: Step) -> int:
        await step.run("first", first, ctx.event.data.order_id)
        return await step.run("second", second)

    return handler


async def measure_memory(path: str, runs: int) -> dict[str, float]:
    """Resident memory while runs sleep, beyond that of the idle engine."""

    async def handler(_: Context[OrderCreated], step: Step) -> int:
        await step.sleep("rest", "1h")
        return 1

    async with await open_engine(path, handler) as engine:
        before = resident_bytes()
        await send(engine, [CREATED] * runs)
        await engine.idle()
        return {"resident_mb": resident_bytes() / 1e6, "bytes_per_run": (resident_bytes() - before) / runs}


async def measure_replay(path: str, runs: int, steps: int) -> dict[str, float]:
    """Steps answered from history, from sending the event that wakes runs nobody has in memory to their end."""

    async def handler(ctx: Context[OrderCreated], step: Step) -> int:
        for _ in range(steps):
            await step.run("charge", charge, ctx.event.data.order_id)
        await step.wait_for_event("paid", OrderPaid, timeout="1h")
        return 1

    async with await open_engine(path, handler) as engine:
        await send(engine, [CREATED] * runs)
        await engine.idle()
    async with await open_engine(path, handler) as engine:
        begin, processor = time.perf_counter(), time.process_time()
        await engine.send([RawEvent("order/paid", {"order_id": "o-1024"})])
        await engine.idle()
        seconds, processor = time.perf_counter() - begin, time.process_time() - processor
        return {
            "replayed_steps_per_s": runs * steps / seconds,
            "processor_us_per_step": processor * 1_000_000 / runs / steps,
        }


def file_bytes(path: str) -> int:
    """What a store takes on the disk once it is closed."""
    return Path(path).stat().st_size


def resident_bytes() -> int:
    """What the process holds in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


SHAPES: Final[dict[str, Callable[..., Coroutine[Any, Any, dict[str, float]]]]] = {
    "runs": measure_runs,
    "commits": measure_commits,
    "latency": measure_latency,
    "fill": fill,
    "recover": recover,
    "memory": measure_memory,
    "replay": measure_replay,
}


if __name__ == "__main__":
    relieve_collector()  # as `surestep dev` does
    print(json.dumps(asyncio.run(SHAPES[sys.argv[1]](sys.argv[2], *map(int, sys.argv[3:])))))
