"""A real process is killed while it writes; what it was answered must be there."""

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from surestep.core.records import RunStatus
from surestep.storage.sqlite import SqliteStore

_PROGRAM = """
import asyncio, os, sys
from surestep.core.records import RunCompleted, RunStarted, RunStatus
from surestep.storage.port import Checkpoint, NewEvent, NewRun, StoredEvent
from surestep.storage.sqlite import SqliteStore

async def client(store, name):
    for number in range(1_000_000):
        event_id, run_id = f"e-{name}-{number:06}", f"r-{name}-{number:06}"
        event = StoredEvent(event_id, "a", b'{"text":"' + b"x" * 300 + b'"}', event_id, 1, 1)
        await store.append_events([NewEvent(event, (NewRun(run_id, "f", (event_id,), 1, 1),))])
        os.write(1, f"created {run_id}\\n".encode())
        await store.commit(Checkpoint(run_id, 0, (RunStarted(1, "c"), RunCompleted(2, b"1")), RunStatus.COMPLETED))
        os.write(1, f"ended {run_id}\\n".encode())

async def main():
    store = await SqliteStore.open(sys.argv[1], matches=lambda *_: True)
    await asyncio.gather(*(client(store, name) for name in "abcdefgh"))

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 500, 3_000])
async def test_what_was_answered_survives_a_kill(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "store.db"
    process = await create_subprocess_exec(sys.executable, "-c", _PROGRAM, path, stdout=PIPE)
    assert process.stdout is not None
    told = [await process.stdout.readline() for _ in range(lines)]
    process.kill()
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()

    store = await SqliteStore.open(path, matches=lambda *_: True)
    for line in told:
        if not line.endswith(b"\n"):
            continue  # cut off in the middle
        what, run_id = line.decode().split()
        run = await store.load_run(run_id)
        assert run is not None
        assert len(run.events) == 1
        assert len(run.records) == (2 if run.row.status is RunStatus.COMPLETED else 0)
        assert what == "created" or run.row.status is RunStatus.COMPLETED
    assert store._connections[0].pragma("integrity_check") == "ok"
    await store.close()
