"""How fast the SQLite store is, relative to this machine in this minute.

The calibration comes first: bare disk writes, and bare rows in transactions of 500. The workload is a run of one step:
append an event and its run, then commit one checkpoint of two records that ends it. Times depend on who else uses the
disk and the processor, so the last two columns are what to compare between machines and days: rows per second against
bare rows, and the median time of an append in durable writes.

    python benchmarks/storage.py
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

import apsw

from surestep.core.commands import StepKey
from surestep.core.records import RunCompleted, RunStatus, StepSucceeded
from surestep.storage.port import Checkpoint, NewEvent, NewRun, NewWaiter, StoredEvent
from surestep.storage.sqlite import SqliteStore

_DATA = b'{"orderId":"o-%d","amount":12.5,"currency":"EUR","items":[{"sku":"a","quantity":1}]}'
_NOW_MS = 1_790_000_000_000


def measure_disk_write(folder: Path, count: int = 500) -> float:
    """Milliseconds of a durable write of one page, the median, into a file that has its size."""
    descriptor = os.open(folder / "calibration", os.O_RDWR | os.O_CREAT)
    os.write(descriptor, bytes(4096 * count))
    os.fsync(descriptor)
    times: list[float] = []
    for page in range(count):
        begin = time.perf_counter()
        os.pwrite(descriptor, b"x" * 4096, 4096 * page)
        os.fdatasync(descriptor)
        times.append((time.perf_counter() - begin) * 1_000)
    os.close(descriptor)
    return statistics.median(times)


def measure_bare_rows(folder: Path, batches: int = 100, rows: int = 500) -> float:
    """Rows of 100 bytes per second into a bare table, one durable transaction per batch."""
    connection = apsw.Connection(str(folder / "bare.db"))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, body BLOB) STRICT, WITHOUT ROWID")
    begin = time.perf_counter()
    for batch in range(batches):
        connection.execute("BEGIN IMMEDIATE")
        for row in range(rows):
            connection.execute("INSERT INTO bare VALUES (?, ?)", (f"{batch:08}{row:018}", b"x" * 100))
        connection.execute("COMMIT")
    return batches * rows / (time.perf_counter() - begin)


def make_run(number: int) -> tuple[list[NewEvent], Checkpoint]:
    """The two writes of a run of one step."""
    event_id, run_id = f"01K{number:023}", f"01R{number:023}"
    event = StoredEvent(event_id, "shop/order.created", _DATA % number, event_id, _NOW_MS, _NOW_MS)
    step = StepSucceeded(_NOW_MS, 0, StepKey("charge-card"), "run", "0123456789abcdef", 1, _NOW_MS, b'{"ok":true}')
    records = (step, RunCompleted(_NOW_MS, b'{"ok":true}'))
    run = NewRun(run_id, "process-order", (event_id,), _NOW_MS, _NOW_MS)
    return [NewEvent(event, (run,))], Checkpoint(run_id, 0, records, RunStatus.COMPLETED)


async def measure_runs(path: Path, concurrency: int, count: int, busy: float = 0.0) -> tuple[float, list[float]]:
    """Runs per second, and the sorted times of the appends in milliseconds.

    Args:
        path: of the store to make.
        concurrency: how many clients wait for the store at once.
        count: how many runs.
        busy: for so many seconds at a time something else keeps the event loop busy, without a pause.
    """
    store = await SqliteStore.open(path, matches=lambda *_: True)
    work = iter([make_run(number) for number in range(count)])
    times: list[float] = []

    async def client() -> None:
        for events, checkpoint in work:
            begin = time.perf_counter()
            await store.append_events(events)
            times.append((time.perf_counter() - begin) * 1_000)
            await store.commit(checkpoint)

    async def keep_busy() -> None:
        while busy:
            end = time.perf_counter() + busy
            while time.perf_counter() < end:
                pass
            await asyncio.sleep(0)

    other = asyncio.create_task(keep_busy())
    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    seconds = time.perf_counter() - begin
    other.cancel()
    await store.close()
    return count / seconds, sorted(times)


async def measure_waiters(path: Path, waiting: int) -> float:
    """Microseconds per event that satisfies one of many waiters on its name, 100 events per write."""
    store = await SqliteStore.open(path, matches=lambda *_: True)
    events, _ = make_run(0)
    await store.append_events(events)
    run_id = events[0].runs[0].run_id
    waiters = tuple(
        NewWaiter(run_id, StepKey("pay", number), "payment", "data.orderId", f'"o-{number}"')
        for number in range(waiting)
    )
    await store.commit(Checkpoint(run_id, 0, (), waiters=waiters))
    payments = [
        NewEvent(StoredEvent(f"01P{number:023}", "payment", _DATA % number, f"p{number}", _NOW_MS, _NOW_MS))
        for number in range(0, waiting, waiting // 100)
    ]
    begin = time.perf_counter()
    satisfied = len((await store.append_events(payments)).deliveries)
    seconds = time.perf_counter() - begin
    await store.close()
    if satisfied != len(payments):
        raise RuntimeError(f"{satisfied} of {len(payments)} events found their waiter")
    return seconds / len(payments) * 1_000_000


def report_runs(folder: Path, concurrency: int, busy: float, disk: float, rows: float) -> None:
    """Measure the workload and print one line; a run is five rows and two durable writes."""
    path = folder / f"{concurrency}-{busy}.db"
    count = 1_000 if concurrency == 1 else 10_000
    speed, times = asyncio.run(measure_runs(path, concurrency, count, busy))
    median, slow = times[count // 2], times[count * 99 // 100]
    print(
        f"{concurrency:>8} {'busy' if busy else 'idle':>5} {speed:>8,.0f} {median:>8.2f} {slow:>8.2f}"
        f" {path.stat().st_size / count:>10,.0f} {speed * 5 / rows:>8.2f} {median / disk:>8.1f}"
    )


def main() -> None:
    """Calibrate, measure, print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        disk, rows = measure_disk_write(folder), measure_bare_rows(folder)
        print(f"calibration: {disk:.2f} ms for a durable write, {rows:,.0f} bare rows/s in batches")
        print(" clients  loop   runs/s   p50 ms   p99 ms  bytes/run  of bare  of disk")
        for busy in (0.0, 1e-4):
            for concurrency in (1, 64, 256, 1_000):
                report_runs(folder, concurrency, busy, disk, rows)
        few, many = (asyncio.run(measure_waiters(folder / f"w{n}.db", n)) for n in (100, 100_000))
        print(f"an event that satisfies one waiter: {few:.0f} us among 100, {many:.0f} us among 100,000")


if __name__ == "__main__":
    main()
