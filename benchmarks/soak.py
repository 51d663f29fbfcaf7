#!/usr/bin/env python3
"""Kills a real process under load, again and again, and holds what it leaves behind to what it had promised.

A store sees several lives of an engine: most end by `kill -9`, one of them while starting, and one by SIGTERM. After
each life, and at the end when a last engine has finished all runs:

- every order whose acceptance was told is there, with exactly one run of each function;
- no body ran again whose result had been seen stored;
- no step has two outcomes, histories fold to what is stored, SQLite finds no fault;
- at the end every run has ended as it must, and each end was told exactly once.

With SURESTEP_KEYS the store is sealed.

    benchmarks/soak.py [--seconds 120] [--seed N] [--lives 10]
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from surestep.core.records import RunCompleted, RunStatus, StepFailed, StepSucceeded
from surestep.engines.waiters import waiter_matches
from surestep.storage.keyring import load_keyring
from surestep.storage.port import RunQuery, StoredRun
from surestep.storage.sqlite import SqliteStore
from surestep.storage.sqlite.upkeep import check_file

__all__: list[str] = []

APP: Final = Path(__file__).with_name("soak_app.py")
CLIENTS: Final = 4
PATIENCE_S: Final = 300.0


class BrokenPromiseError(Exception):
    """What must hold does not."""


@dataclass
class World:
    """What outlives the process.

    Attributes:
        accepted: numbers of orders whose acceptance was told.
        settled: how often each body had begun when its result was first seen stored.
    """

    folder: Path
    accepted: set[int] = field(default_factory=set)
    settled: dict[str, int] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The file."""
        return self.folder / "store.db"

    def spawn(self, first: int, clients: int) -> "subprocess.Popen[bytes]":
        """A process."""
        command = [sys.executable, *map(str, (APP, self.store, self.folder / "ledger", first, clients))]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def note(self, output: bytes) -> None:
        """Take down what the process has told; a line cut off in the middle was not told."""
        self.accepted.update(int(line) for line in output.split(b"\n")[:-1] if line != b"ready")

    def begun(self) -> Counter[str]:
        """How often each body has begun."""
        ledger = self.folder / "ledger"
        return Counter(ledger.read_text(encoding="ascii").splitlines()) if ledger.exists() else Counter()


def live_once(world: World, life: int, lives: int, draw: random.Random) -> None:
    """One life, from start to a violent or an orderly end."""
    process = world.spawn(life * 1_000_000, CLIENTS)
    orderly, starting = life == (lives + 1) // 2, life == lives
    if not starting and process.stdout is not None:
        world.note(process.stdout.readline())
    time.sleep(draw.random())
    process.send_signal(signal.SIGTERM if orderly else signal.SIGKILL)
    output, _ = process.communicate(timeout=PATIENCE_S)
    world.note(output)
    if orderly and process.returncode != 0:
        raise BrokenPromiseError(f"told to stop, it ended with {process.returncode}")


def finish(world: World) -> None:
    """A last life without clients, until every run has ended."""
    process = world.spawn(0, 0)
    process.communicate(timeout=PATIENCE_S)
    if process.returncode != 0:
        raise BrokenPromiseError(f"the last engine ended with {process.returncode}")


async def load_runs(world: World) -> list[StoredRun]:
    """Every run with its history."""
    store = await SqliteStore.open(world.store, matches=waiter_matches, keyring=load_keyring())
    try:
        rows = await store.list_runs(RunQuery(limit=1_000_000))
        found = [await store.load_run(row.run_id) for row in rows]
    finally:
        await store.close()
    return [run for run in found if run is not None]


def check(world: World) -> list[StoredRun]:
    """What must hold at any time."""
    if not world.store.exists():
        return []
    faults = check_file(world.store, load_keyring()).faults
    if faults:
        raise BrokenPromiseError("; ".join(faults))
    runs, begun = asyncio.run(load_runs(world)), world.begun()
    for run in runs:
        check_steps(world, run, begun)
    started = Counter((run.events[0].id, run.row.function_id) for run in runs if run.row.function_id != "hear")
    for number in world.accepted:
        for function_id in ("pay", "ship"):
            if (count := started[f"order-{number}", function_id]) != 1:
                raise BrokenPromiseError(f"accepted order {number} has {count} runs of {function_id}")
    return runs


def check_steps(world: World, run: StoredRun, begun: Counter[str]) -> None:
    """Each step has one outcome, and its body did not run again after that."""
    ended = [record for record in run.records if isinstance(record, StepSucceeded | StepFailed)]
    if len({record.key for record in ended}) != len(ended):
        raise BrokenPromiseError(f"a step of run {run.row.run_id} ended twice")
    for record in ended:
        name = f"{run.row.run_id} {record.key.id}"
        if world.settled.setdefault(name, begun[name]) != begun[name]:
            raise BrokenPromiseError(f"{name} ran again after its result was stored")


def check_ends(runs: list[StoredRun]) -> None:
    """What must hold once nothing is left to do."""
    told: Counter[str] = Counter()
    for run in runs:
        match run.records[-1]:
            case RunCompleted(value=value) if run.row.function_id == "hear":
                told[value.decode().strip('"')] += 1
            case _:
                pass
    for run in (run for run in runs if run.row.function_id != "hear"):
        fails = run.row.function_id == "ship" and int(run.events[0].id.removeprefix("order-")) % 3 == 0
        if run.row.status is not (RunStatus.FAILED if fails else RunStatus.COMPLETED):
            raise BrokenPromiseError(f"run {run.row.run_id} of {run.row.function_id} is {run.row.status}")
        if told[run.row.run_id] != 1:
            raise BrokenPromiseError(f"the end of run {run.row.run_id} was told {told[run.row.run_id]} times")


def soak(seed: int, lives: int) -> str:
    """The lives of one store; what was seen, in a line."""
    draw = random.Random(seed)  # noqa: S311 -- moments, no secrets
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        world = World(Path(name))
        for life in range(1, lives + 1):
            live_once(world, life, lives, draw)
            check(world)
        finish(world)
        runs = check(world)
        check_ends(runs)
        bodies = world.begun().total()
        return f"{len(world.accepted)} orders, {len(runs)} runs, {bodies} bodies, {world.store.stat().st_size:,} bytes"


def main() -> int:
    """Soak until the time is over; each seed in a line, so that a failure can be repeated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120.0, help="begin no further store after so long")
    parser.add_argument("--seed", type=int, help="of the first store; the others follow it")
    parser.add_argument("--lives", type=int, default=10, help="of each store")
    asked = parser.parse_args()
    seed = int.from_bytes(os.urandom(4)) if asked.seed is None else asked.seed
    end = time.monotonic() + asked.seconds
    while True:
        print(f"seed {seed}: ", end="", flush=True)
        try:
            print(soak(seed, asked.lives))
        except BrokenPromiseError as broken:
            print(f"FAILED: {broken}")
            return 1
        if time.monotonic() >= end:
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
