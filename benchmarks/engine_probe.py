"""The bare probe, for engine.py: what the design costs without an engine. Prints JSON as engine_ours.py does.

engine_probe.py runs STORE RUNS STEPS

Each run is a task that awaits its bodies, encodes their results and waits for a group commit of its row; events, runs
and their ends are rows, too. Nothing is validated, compared, replayed, retried, guarded or looked up.
"""

import asyncio
import json
import sys
import time
from typing import Any, Final

import apsw

__all__: list[str] = []

SCHEMA: Final = """
PRAGMA journal_mode = wal;
PRAGMA synchronous = full;
CREATE TABLE events (id TEXT PRIMARY KEY, name TEXT, data BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE runs (id TEXT PRIMARY KEY, function TEXT, status TEXT, event TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE records (run TEXT, seq INTEGER, kind TEXT, head TEXT, value BLOB, PRIMARY KEY (run, seq))
STRICT, WITHOUT ROWID;
"""
EVENT: Final = "INSERT INTO events VALUES (?, ?, ?)"
RUN: Final = "INSERT INTO runs VALUES (?, ?, 'running', ?)"
RECORD: Final = "INSERT INTO records VALUES (?, ?, ?, ?, ?)"
END: Final = "UPDATE runs SET status = 'completed' WHERE id = ?"


class Writer:
    """Group commit: what waits goes into one transaction."""

    def __init__(self, path: str) -> None:
        self.connection = apsw.Connection(path)
        list(self.connection.execute(SCHEMA))
        self.waiting: list[tuple[str, tuple[Any, ...], asyncio.Future[None]]] = []

    def write(self, statement: str, *columns: object) -> asyncio.Future[None]:
        """Have a row written; the future ends when it is durable."""
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        if not self.waiting:
            loop.call_soon(self.flush)
        self.waiting.append((statement, columns, written))
        return written

    def flush(self) -> None:
        """Write all that waits."""
        batch, self.waiting = self.waiting, []
        self.connection.execute("BEGIN IMMEDIATE")
        for statement, columns, _ in batch:
            self.connection.execute(statement, columns)
        self.connection.execute("COMMIT")
        for *_, written in batch:
            written.set_result(None)


async def charge(order_id: str) -> int:
    """A step body that costs nothing."""
    return len(order_id)


async def carry_out(writer: Writer, number: int, steps: int) -> None:
    """One run, from its event to its end."""
    run_id, event_id = f"run-{number:022}", f"event-{number:020}"
    writer.write(EVENT, event_id, "order/created", b'{"order_id":"o-1024"}')
    await writer.write(RUN, run_id, "process-order", event_id)
    for seq in range(steps):
        value = json.dumps(await charge("o-1024")).encode()
        head = json.dumps([time.time_ns() // 1_000_000, seq, ["charge", seq], "run", 1], separators=(",", ":"))
        if seq < steps - 1:
            await writer.write(RECORD, run_id, seq, "step_succeeded", head, value)
        else:
            writer.write(RECORD, run_id, seq, "step_succeeded", head, value)
    writer.write(RECORD, run_id, steps, "run_completed", "[]", b"1")
    await writer.write(END, run_id)


async def measure_runs(path: str, runs: int, steps: int) -> dict[str, float]:
    """Runs of sequential steps, started together."""
    writer = Writer(path)
    begin, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*(carry_out(writer, number, steps) for number in range(runs)))
    seconds, processor = time.perf_counter() - begin, time.process_time() - processor
    return {
        "runs_per_s": runs / seconds,
        "steps_per_s": runs * steps / seconds,
        "processor_us_per_step": processor * 1_000_000 / runs / steps,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure_runs(sys.argv[2], *map(int, sys.argv[3:])))))
