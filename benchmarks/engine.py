#!/usr/bin/env python3
"""How fast the engine is at full durability, relative to this machine in this minute and to others in the same run.

The others are a bare probe, which does what the design costs without an engine (engine_probe.py), and DBOS.

DBOS is measured where it can be imported, as it opens an SQLite file by default and with WAL; put it into an
environment of its own:

    python3 -m venv .cache/dbos && .cache/dbos/bin/pip install dbos
    benchmarks/engine.py --dbos .cache/dbos/bin/python

Every measurement is a process of its own on a new file in the working directory. In each turn a calibration precedes
each shape and all sides take it one after the other; what is reported is the best turn of each side, the one that
others on the machine have disturbed least. The calibration is a durable write of one page, and rows of the size of a
step's record in transactions of 500: the limit that the disk sets.

    benchmarks/engine.py [--json] [--quick] [--turns 3] [--dbos PYTHON]
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from storage import measure_bare_rows, measure_disk_write  # type: ignore[import-not-found]  # no package, a neighbour

__all__: list[str] = []

HERE: Final = Path(__file__).parent
CALIBRATION_BATCHES: Final = 40
PEERS: Final = {"dbos": "delete", "dbos_wal": "wal"}
"""Their journals."""
PROGRAMS: Final = {"ours": "engine_ours.py", "probe": "engine_probe.py"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a process measures.

    Attributes:
        command: of engine_ours.py and engine_dbos.py.
        sizes: such as runs and steps.
        quick: smaller sizes.
        peer: sizes for DBOS, smaller where a figure does not depend on them; none where it has nothing of the kind.
    """

    command: str
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    peer: tuple[int, ...] = ()

    def sizes_of(self, side: str) -> tuple[int, ...]:
        """What a side measures; none where it has nothing of the kind."""
        if side == "probe":
            return self.sizes if self.command == "runs" else ()
        return self.sizes if side == "ours" else self.peer


SHAPES: Final = {
    "one": Shape("runs", (1_000, 1), (200, 1), (200, 1)),
    "ten": Shape("runs", (100, 10), (20, 10), (20, 10)),
    "fifty": Shape("runs", (100, 50), (20, 50), (20, 50)),
    "sequential": Shape("runs", (1, 1_000), (1, 200), (1, 200)),
    "long": Shape("runs", (1, 10_000), (1, 500)),
    "commits": Shape("commits", (100,), (20,)),
    "latency": Shape("latency", (300,), (50,), (50,)),
    "recovery": Shape("recover", (1_000,), (100,), (200,)),
    "few asleep": Shape("memory", (1_000,), (100,)),
    "many asleep": Shape("memory", (100_000,), (1_000,)),
    "replay": Shape("replay", (20, 500), (5, 200)),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to report.

    Attributes:
        shape: which process measures it.
        key: what that process calls it.
        better: whether more or less is.
        rows: rows written or read for each unit of a rate, to be compared with bare rows.
        in_writes: compare a time with that of a durable write.
    """

    title: str
    shape: str
    key: str
    better: Literal["more", "less"] = "less"
    rows: float | None = None
    in_writes: bool = False


FIGURES: Final = (
    Figure("one-step runs/s", "one", "runs_per_s", "more", rows=6),
    Figure("steps/s, 100 runs of 10", "ten", "steps_per_s", "more", rows=1.5),
    Figure("steps/s, 100 runs of 50", "fifty", "steps_per_s", "more", rows=1.1),
    Figure("ms/step, one run of 1,000", "sequential", "ms_per_step", in_writes=True),
    Figure("  in its first tenth", "sequential", "first_tenth_ms", in_writes=True),
    Figure("  in its last tenth", "sequential", "last_tenth_ms", in_writes=True),
    Figure("ms/step, one run of 10,000", "long", "ms_per_step", in_writes=True),
    Figure("  in its very last tenth", "long", "last_tenth_ms", in_writes=True),
    Figure("commits per plain step", "commits", "commits_per_step"),
    Figure("event to step, p50 ms", "latency", "p50_ms", in_writes=True),
    Figure("event to step, p99 ms", "latency", "p99_ms", in_writes=True),
    Figure("recovered runs/s", "recovery", "recovered_runs_per_s", "more", rows=3),
    Figure("replayed steps/s", "replay", "replayed_steps_per_s", "more", rows=1),
    Figure("us of processor/one-step run", "one", "processor_us_per_step"),
    Figure("us of processor/step, of 50", "fifty", "processor_us_per_step"),
    Figure("us of processor/replayed step", "replay", "processor_us_per_step"),
    Figure("MB, 1,000 runs asleep", "few asleep", "resident_mb"),
    Figure("MB, 100,000 runs asleep", "many asleep", "resident_mb"),
    Figure("bytes of file/one-step run", "one", "bytes_per_run"),
)

Turns = dict[str, list[dict[str, float]]]
"""What each turn of a shape gave."""


def main() -> None:
    """Measure, then print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options.add_argument("--quick", action="store_true", help="one turn of smaller sizes: whether it works at all")
    options.add_argument("--turns", type=int, default=3, help="turns of each side (default: 3)")
    options.add_argument("--dbos", default=sys.executable, help="a Python that can import dbos")
    arguments = options.parse_args()
    found = subprocess.run([arguments.dbos, "-c", "import dbos"], check=False, stderr=subprocess.DEVNULL)
    sides = ["ours", "probe", *(PEERS if found.returncode == 0 else ())]
    writes, rows, measured = measure(sides, arguments.dbos, 1 if arguments.quick else arguments.turns, arguments.quick)
    results = {figure.title.strip(): compare(figure, measured, min(writes), max(rows)) for figure in FIGURES}
    calibration = {
        "durable_writes_per_s": 1_000 / min(writes),
        "median_durable_writes_per_s": 1_000 / statistics.median(writes),
        "bare_rows_per_s": max(rows),
        "median_bare_rows_per_s": statistics.median(rows),
    }
    print(
        json.dumps({"calibration": calibration, **results}, indent=2) if arguments.json else table(calibration, results)
    )


def measure(
    sides: Sequence[str],
    dbos: str,
    turns: int,
    quick: bool,  # noqa: FBT001 -- as on the command line
) -> tuple[list[float], list[float], dict[str, Turns]]:
    """Milliseconds of durable writes, bare rows per second, and what each side measured of each shape."""
    writes: list[float] = []
    rows: list[float] = []
    measured: dict[str, Turns] = {side: {name: [] for name in SHAPES} for side in sides}
    for _ in range(turns):
        for name, shape in SHAPES.items():
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
                writes.append(measure_disk_write(Path(folder)))
                rows.append(measure_bare_rows(Path(folder), CALIBRATION_BATCHES))
            for side in sides:
                sizes = shape.sizes_of(side)
                if sizes:
                    measured[side][name].append(
                        measure_shape(side, dbos, shape.command, shape.quick if quick else sizes)
                    )
    return writes, rows, measured


def measure_shape(side: str, dbos: str, command: str, sizes: tuple[int, ...]) -> dict[str, float]:
    """What one process says."""
    numbers = [str(size) for size in sizes]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = f"{folder}/store.db"
        program = [dbos if side in PEERS else sys.executable, f"{HERE}/{PROGRAMS.get(side, 'engine_dbos.py')}"]
        store = [path, PEERS[side]] if side in PEERS else [path]
        if command == "recover":
            fill_and_kill([*program, "fill", *store, *numbers])
        output = subprocess.run(
            [*program, command, *store, *numbers], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        said: dict[str, float] = json.loads(output)
        return said


def fill_and_kill(command: list[str]) -> None:
    """Let a process say that it is ready, then `kill -9` it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline() if process.stdout else ""
        process.kill()
    if said != "ready\n":
        sys.exit("engine.py: the runs to be recovered could not be made")


def compare(figure: Figure, measured: dict[str, Turns], write_ms: float, rows_per_s: float) -> dict[str, float]:
    """The best of each side, and how ours compares with the calibration and with the peers."""
    best = max if figure.better == "more" else min
    values = {
        side: best(turn[figure.key] for turn in turns[figure.shape])
        for side, turns in measured.items()
        if turns[figure.shape] and figure.key in turns[figure.shape][0]
    }
    ours = values["ours"]
    found = dict(values)
    if figure.rows is not None:
        found["of_bare_rows"] = ours * figure.rows / rows_per_s
    if figure.in_writes:
        found["durable_writes"] = ours / write_ms
    if "probe" in values and figure.better == "more":
        found["of_probe"] = ours / values["probe"]
    for peer in PEERS.keys() & values.keys():
        found[f"times_{peer}"] = ours / values[peer] if figure.better == "more" else values[peer] / ours
    return found


def table(calibration: dict[str, float], results: dict[str, dict[str, float]]) -> str:
    """Ratios first, absolute values after them."""
    writes, median_writes, rows, median_rows = calibration.values()
    speed = f"{writes:,.0f} ({median_writes:,.0f}) durable writes/s, {rows:,.0f} ({median_rows:,.0f}) bare rows/s"
    lines = [
        f"Python {platform.python_version()}; the best turn of each side",
        f"calibration, best turn (median): {speed}",
        (
            f"{'':30} {'of bare':>8} {'of bare':>8} {'durable':>8} {'times':>8} {'times':>8}  | "
            f"{'':>10} {'bare':>10} {'':>10} {'DBOS':>10}"
        ),
        (
            f"{'':30} {'rows':>8} {'probe':>8} {'writes':>8} {'DBOS':>8} {'with WAL':>8}  | "
            f"{'ours':>10} {'probe':>10} {'DBOS':>10} {'with WAL':>10}"
        ),
    ]
    for title, row in results.items():
        ratios = " ".join(
            cell(row.get(key), 8)
            for key in ("of_bare_rows", "of_probe", "durable_writes", "times_dbos", "times_dbos_wal")
        )
        values = " ".join(cell(row.get(side), 10) for side in ("ours", "probe", *PEERS))
        lines.append(f"{title:30} {ratios}  | {values}")
    return "\n".join(lines)


def cell(value: float | None, width: int) -> str:
    """A number with about three digits."""
    if value is None:
        return " " * width
    return f"{value:>{width},.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


if __name__ == "__main__":
    main()
