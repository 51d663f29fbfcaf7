"""One measurement of DBOS in a process of its own, for engine.py. Prints JSON; the shapes are those of engine_ours.py.

engine_dbos.py SHAPE STORE JOURNAL [NUMBER ...]

The asynchronous interface is measured, which is the faster one. JOURNAL is `delete`, with which DBOS opens a file, or
`wal`. DBOS imports nothing of this project and needs nothing of it.
"""

import asyncio
import importlib
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

__all__: list[str] = []

PAUSE_S: Final = 0.01


def launch(path: str, journal: str, *workflows: Callable[..., Any]) -> list[Any]:
    """Start DBOS on a file; returns the workflows as it knows them."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.close()
    url = f"sqlite:///{path}"
    dbos = importlib.import_module("dbos").DBOS
    dbos(config={"name": "shop", "system_database_url": url, "run_admin_server": False, "log_level": "ERROR"})
    known = [dbos.workflow()(workflow) for workflow in workflows]
    dbos.launch()
    return [dbos, *known]


def step(name: str, body: Callable[..., Any]) -> Any:
    """A step as DBOS knows it."""
    return importlib.import_module("dbos").DBOS.step(name=name)(body)


def file_bytes(path: str) -> int:
    """What a store takes on the disk once its log is in it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Path(path).stat().st_size


async def charge(order_id: str) -> int:
    """A step body that costs nothing."""
    return len(order_id)


async def measure_runs(path: str, journal: str, runs: int, steps: int) -> dict[str, float]:
    """Workflows of sequential steps, started together."""
    charging = step("charge", charge)

    async def process_order(order_id: str) -> int:
        for _ in range(steps):
            await charging(order_id)
        return 1

    dbos, process = launch(path, journal, process_order)
    begin = time.perf_counter()
    handles = await asyncio.gather(*(dbos.start_workflow_async(process, "o-1024") for _ in range(runs)))
    await asyncio.gather(*(handle.get_result() for handle in handles))
    seconds = time.perf_counter() - begin
    dbos.destroy()
    return {
        "runs_per_s": runs / seconds,
        "steps_per_s": runs * steps / seconds,
        "ms_per_step": seconds * 1_000 / steps,
        "bytes_per_run": file_bytes(path) / runs,
    }


async def measure_latency(path: str, journal: str, count: int) -> dict[str, float]:
    """From starting a workflow to the start of its first step."""
    began = asyncio.Event()
    begin = 0.0
    times: list[float] = []
    loop = asyncio.get_running_loop()

    async def first() -> None:
        times.append((time.perf_counter() - begin) * 1_000)
        loop.call_soon_threadsafe(began.set)

    stepping = step("first", first)

    async def process_order() -> int:
        await stepping()
        return 1

    dbos, process = launch(path, journal, process_order)
    for _ in range(count):
        await asyncio.sleep(PAUSE_S)
        began.clear()
        begin = time.perf_counter()
        handle = await dbos.start_workflow_async(process)
        await began.wait()
        await handle.get_result()
    dbos.destroy()
    times.sort()
    return {"p50_ms": times[count // 2], "p99_ms": times[count * 99 // 100]}


async def fill(path: str, journal: str, runs: int) -> dict[str, float]:
    """Bring workflows between their two steps, say so, and wait to be killed."""
    hanging = 0

    async def hang() -> int:
        nonlocal hanging
        hanging += 1
        if hanging == runs:
            print("ready", flush=True)
        await asyncio.Event().wait()
        return 1

    dbos, process = launch(path, journal, two_steps(charge, hang))
    await asyncio.gather(*(dbos.start_workflow_async(process, "o-1024") for _ in range(runs)))
    await asyncio.Event().wait()
    return {}


async def recover(path: str, journal: str, runs: int) -> dict[str, float]:
    """Finish what `fill` has left, from launching to the end of the last workflow."""
    ended = 0
    all_ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def again(order_id: str) -> int:
        sys.exit(f"a finished step ran again for {order_id}")

    async def end() -> int:
        nonlocal ended
        ended += 1
        if ended == runs:
            loop.call_soon_threadsafe(all_ended.set)
        return 1

    begin = time.perf_counter()
    launch(path, journal, two_steps(again, end))
    await all_ended.wait()
    connection = sqlite3.connect(path)
    # Nobody tells when the last status has been written.
    while connection.execute("SELECT 1 FROM workflow_status WHERE status = 'PENDING' LIMIT 1").fetchone():  # noqa: ASYNC110
        await asyncio.sleep(PAUSE_S)
    return {"recovered_runs_per_s": runs / (time.perf_counter() - begin)}


def two_steps(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, int]]:
    """The workflow of the recovery."""
    one, two = step("first", first), step("second", second)

    async def process_order(order_id: str) -> int:
        await one(order_id)
        await two()
        return 1

    return process_order


SHAPES: Final[dict[str, Callable[..., Coroutine[Any, Any, dict[str, float]]]]] = {
    "runs": measure_runs,
    "latency": measure_latency,
    "fill": fill,
    "recover": recover,
}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(SHAPES[sys.argv[1]](*sys.argv[2:4], *map(int, sys.argv[4:])))))
