"""What flow control costs: a start while many runs wait, the memory of those that wait, and a policy on short runs.

    python benchmarks/flow.py [--quick]

The first table drives the queue by itself, the second one the whole engine on an SQLite file: runs of one step and of
as many keys as a tenth of them, one at a time per key, beside the same without that limit. They are sent while their
function is paused, so that all of them wait, and carried out when it is resumed. The third table measures one-step runs
on SQLite without a policy and with one that holds nobody up, in turns.

Times are of the processor: what else the machine does matters little then. Each figure is the best of several turns,
each share the middle one of several pairs.
"""

import asyncio
import gc
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Literal

from surestep.authoring.context import Context
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler
from surestep.authoring.step import Step
from surestep.core.lanes import Ticket
from surestep.core.policies.pause import PauseMode
from surestep.core.policies.queueing import Queueing
from surestep.core.queue import Queue
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.garbage import relieve_collector
from surestep.engines.waiters import waiter_matches
from surestep.storage.sqlite import SqliteStore
from surestep.testing import InlineRegistry
from surestep_dsl.flow import (
    BatchEvents,
    Concurrency,
    Debounce,
    EventTrigger,
    FunctionOptions,
    RateLimit,
    Singleton,
    SingletonMode,
    Throttle,
)

__all__: list[str] = []

_KEY: Final = "event.data.order_id"
_QUEUED: Final = (1_000, 10_000, 100_000)
_KEYS: Final = 10_000
_ONE_PER_KEY: Final[dict[str, Any]] = {"concurrency": (Concurrency(1, key=_KEY, per="run"),)}
_POLICIES: Final[dict[str, dict[str, Any]]] = {
    "concurrency": {"concurrency": (Concurrency(100_000),)},
    "concurrency, key": {"concurrency": (Concurrency(100_000, key=_KEY),)},
    "concurrency, run": {"concurrency": (Concurrency(100_000, per="run"),)},
    "throttle": {"throttle": Throttle(1_000_000, 1_000, burst=1_000)},
    "throttle, key": {"throttle": Throttle(1_000_000, 1_000, burst=1_000, key=_KEY)},
    "rate limit, key": {"rate_limit": RateLimit(10, 60_000, key=_KEY)},
    "idempotency": {"idempotency": _KEY},
    "singleton, key": {"singleton": Singleton(SingletonMode.SKIP, _KEY)},
    "priority": {"priority": "size(event.data.order_id)"},
    "debounce, key": {"debounce": Debounce(1_000, key=_KEY)},
    "batch of 2": {"batch_events": BatchEvents(2, 1_000)},
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
    begin, starts = time.process_time(), 0
    while begun:
        queue.leave(begun.pop(), 0)
        starts += 1
    return (time.process_time() - begin) * 1_000_000 / starts, (held - before) / runs


class Shop:
    """An app of one function with one step.

    Attributes:
        all_done: so many events as were expected have been handled.
    """

    def __init__(self, events: int, policy: dict[str, Any]) -> None:
        self._left = events
        self.all_done = asyncio.Event()
        options = FunctionOptions(id="process-order", triggers=(EventTrigger("order/created"),), **policy)
        function = Function[OrderData, int](options, events=(OrderCreated,), result_type=int)
        self.registry = InlineRegistry("shop", [OrderCreated], [Handler(function, self._handle)])

    async def open(self, path: Path) -> Engine:
        """An engine on a new file."""
        return Engine(registry=self.registry, store=await SqliteStore.open(path, matches=waiter_matches))

    async def _handle(self, ctx: Context[OrderCreated], step: Step) -> int:
        return await step.run("charge", self._charge, len(ctx.events))

    async def _charge(self, events: int) -> int:
        self._left -= events
        if not self._left:
            self.all_done.set()
        return events


def _orders(runs: int, keys: int) -> Iterator[list[RawEvent]]:
    for first in range(0, runs, 1_000):
        numbers = range(first, min(first + 1_000, runs))
        yield [RawEvent("order/created", {"order_id": f"o-{number % keys}"}) for number in numbers]


async def measure_engine(path: Path, runs: int, policy: dict[str, Any]) -> float:
    """Events of one-step runs that are handled in a second of the processor."""
    shop = Shop(runs, policy)
    async with await shop.open(path) as engine:
        begin = time.process_time()
        for orders in _orders(runs, runs):
            await engine.send(orders)
        await shop.all_done.wait()
        await engine.idle()
        return runs / (time.process_time() - begin)


async def measure_backlog(path: Path, runs: int, policy: dict[str, Any]) -> tuple[float, float]:
    """Microseconds of the processor for a run that has waited, and bytes that the process has grown by for each."""
    shop = Shop(runs, policy)
    async with await shop.open(path) as engine:
        await engine.flow.pause("process-order", PauseMode.QUEUE)
        gc.collect()
        before = _resident_bytes()
        for orders in _orders(runs, min(max(runs // 10, 1), _KEYS)):
            await engine.send(orders)
        gc.collect()
        held = _resident_bytes() - before
        begin = time.process_time()
        await engine.flow.resume("process-order")
        await shop.all_done.wait()
        await engine.idle()
        return (time.process_time() - begin) * 1_000_000 / runs, held / runs


def _backlog_in(folder: str, runs: int, policy: dict[str, Any]) -> tuple[float, float]:
    relieve_collector()
    return asyncio.run(measure_backlog(Path(folder) / f"{os.getpid()}.db", runs, policy))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _apart(folder: str, runs: int, policy: dict[str, Any]) -> tuple[float, float]:
    """In a process of its own: memory that others have given back would be taken for none."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_backlog_in, (folder, runs, policy))


def _best(found: Iterable[tuple[float, float]]) -> tuple[float, float]:
    times, sizes = zip(*found, strict=True)
    return min(times), min(sizes)


def _print_queue(sizes: tuple[int, ...]) -> None:
    print("queue alone   us per start   bytes per run")
    for runs in sizes:
        us, size = _best(measure_queue(runs) for _ in range(3))
        print(f"{runs:>11,}   {us:>12.1f}   {size:>13,.0f}")


def _print_backlog(folder: str, sizes: tuple[int, ...], rounds: int) -> None:
    print("\n     engine   us per start   bytes per run   without the limit")
    for runs in sizes:
        turns = [[_apart(folder, runs, policy) for policy in (_ONE_PER_KEY, {})] for _ in range(rounds)]
        (us, size), (free_us, free_size) = map(_best, zip(*turns, strict=True))
        print(f"{runs:>11,}   {us:>12.1f}   {size:>13,.0f}   {free_us:>7.1f}   {free_size:>7,.0f}")


def _print_policies(folder: Path, runs: int, rounds: int) -> None:
    """Each next to a measurement without a policy: what else the machine does meets both alike."""
    print("\npolicy              events per second   of none")
    for name, policy in _POLICIES.items():
        found = []
        for turn in range(rounds):
            none = asyncio.run(measure_engine(folder / f"{name} {turn} none.db", runs, {}))
            found.append((asyncio.run(measure_engine(folder / f"{name} {turn}.db", runs, policy)), none))
        share = statistics.median(one / none for one, none in found)
        print(f"{name:<18}  {max(one for one, _ in found):>17,.0f}   {share:>6.0%}")


def main() -> None:
    """Print the tables."""
    quick = "--quick" in sys.argv
    relieve_collector()
    sizes = _QUEUED[: 2 if quick else 3]
    with tempfile.TemporaryDirectory() as folder:
        _print_queue(sizes)
        _print_backlog(folder, sizes, 1 if quick else 2)
        _print_policies(Path(folder), *((500, 2) if quick else (2_000, 9)))


if __name__ == "__main__":
    main()
