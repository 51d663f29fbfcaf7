"""What flow control costs: a start while many runs wait, the memory of those that wait, and a policy on short runs.

    python benchmarks/flow.py [--quick]

The first table drives the queue by itself: runs of as many keys as a tenth of them, one at a time per key. The second
one measures one-step runs on SQLite, with and without a policy that holds nobody up.
"""

import asyncio
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any, Final, Literal

from surestep.authoring.context import Context
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler
from surestep.authoring.step import Step
from surestep.core.lanes import Ticket
from surestep.core.policies.queueing import Queueing
from surestep.core.queue import Queue
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.garbage import relieve_collector
from surestep.engines.waiters import waiter_matches
from surestep.storage.sqlite import SqliteStore
from surestep.testing import InlineRegistry
from surestep_dsl.flow import Concurrency, EventTrigger, FunctionOptions, RateLimit, Throttle

__all__: list[str] = []

_KEY: Final = "event.data.order_id"
_QUEUED: Final = (1_000, 10_000, 100_000)
_POLICIES: Final[dict[str, dict[str, Any]]] = {
    "none": {},
    "concurrency": {"concurrency": (Concurrency(100_000),)},
    "concurrency, key": {"concurrency": (Concurrency(100_000, key=_KEY),)},
    "throttle": {"throttle": Throttle(1_000_000, 1_000, burst=1_000)},
    "rate limit, key": {"rate_limit": RateLimit(10, 60_000, key=_KEY)},
}


class OrderData(Data, frozen=True):
    """The payload."""

    order_id: str


class OrderCreated(Event, frozen=True):
    """Starts a run."""

    name: Literal["order/created"] = "order/created"
    data: OrderData


def measure_queue(runs: int) -> tuple[float, float]:
    """Microseconds for a start, and bytes of a run that waits."""
    options = {"f": FunctionOptions("f", concurrency=(Concurrency(1, key="k", per="run"),))}
    begun: list[Ticket] = []
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    queue = Queue(options, begun.append, lambda _: None)
    names = [f"f 0 {number}" for number in range(max(runs // 10, 1))]
    for number in range(runs):
        ticket = queue.enter(f"{number:026}", "f", Queueing(number, None, (names[number % len(names)],)))
        if queue.ask(ticket, 0):
            begun.append(ticket)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    begin, starts = time.perf_counter(), 0
    while begun:
        queue.leave(begun.pop(), 0)
        starts += 1
    return (time.perf_counter() - begin) * 1_000_000 / starts, (held - before) / runs


async def measure_engine(path: Path, runs: int, policy: dict[str, Any]) -> float:
    """One-step runs in a second of the processor: what else the machine does matters little then."""
    done = 0
    all_done = asyncio.Event()

    async def charge(order_id: str) -> int:
        nonlocal done
        done += 1
        if done == runs:
            all_done.set()
        return len(order_id)

    async def handler(ctx: Context[OrderCreated], step: Step) -> int:
        return await step.run("charge", charge, ctx.event.data.order_id)

    options = FunctionOptions(id="process-order", triggers=(EventTrigger("order/created"),), **policy)
    function = Function[OrderData, int](options, events=(OrderCreated,), result_type=int)
    registry = InlineRegistry("shop", [OrderCreated], [Handler(function, handler)])
    store = await SqliteStore.open(path, matches=waiter_matches)
    async with Engine(registry=registry, store=store) as engine:
        events = [RawEvent("order/created", {"order_id": f"o-{number}"}) for number in range(runs)]
        begin = time.process_time()
        for first in range(0, runs, 1_000):
            await engine.send(events[first : first + 1_000])
        await all_done.wait()
        await engine.idle()
        return runs / (time.process_time() - begin)


def main() -> None:
    """Print both tables."""
    quick = "--quick" in sys.argv
    relieve_collector()
    print("queued runs   us per start   bytes per run")
    for runs in _QUEUED[: 2 if quick else 3]:
        us, size = measure_queue(runs)
        print(f"{runs:>11,}   {us:>12.1f}   {size:>13,.0f}")
    print("\npolicy              runs per second   of none")
    runs, rounds = (500, 1) if quick else (3_000, 4)
    best = dict.fromkeys(_POLICIES, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):  # in turns, so that other load on the machine meets all alike
            for name, policy in _POLICIES.items():
                path = Path(folder) / f"{turn} {name}.db"
                best[name] = max(best[name], asyncio.run(measure_engine(path, runs, policy)))
    for name, found in best.items():
        print(f"{name:<18}  {found:>15,.0f}   {found / best['none']:>6.0%}")


if __name__ == "__main__":
    main()
