#!/usr/bin/env python3
"""What generating costs for 10 to 10,000 events and as many functions, and what its output costs others.

Every figure is of a process of its own on the project of `load.py`: processor seconds, those of the formatter included,
which a busy machine distorts least; `wall` is what a clock saw. With --peers datamodel-code-generator makes classes of
the same events in the same run, in an environment that uv makes in a temporary directory, and mypy checks both outputs.

    benchmarks/generate.py [--peers] [--sizes 10 100 1000 10000] [--turns 3]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from load import project  # type: ignore[import-not-found]  # no package, a neighbour
from typing_extensions import override

__all__: list[str] = []

BIN: Final = Path(sys.executable).parent
SURESTEP: Final = str(BIN / "surestep")
SETTINGS: Final = '[tool.surestep]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n'
COMPILED: Final = tempfile.TemporaryDirectory()
ENVIRONMENT: Final = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPYCACHEPREFIX": COMPILED.name,
}
"""Compiled modules are kept, as Python does by itself."""
MYPY: Final = (sys.executable, "-m", "mypy", "--strict", "--no-error-summary")
IMPORT: Final = """
import time
from surestep import Registry
begin = time.process_time()
import shop.contract.events, shop.contract.functions, shop.contract.types
from shop.contract.registry import REGISTRY
print((time.process_time() - begin) * 1_000)
"""
WRITE: Final = """
from pathlib import Path
files = {path: path.read_bytes() for path in Path("shop").rglob("*") if path.is_file()}
for number, content in enumerate(files.values()):
    Path("bare", str(number // 1_000)).mkdir(parents=True, exist_ok=True)
    Path("bare", str(number // 1_000), str(number)).write_bytes(content)
"""
"""What the disk asks for as many files."""
EDITED: Final = "shop/contract/events/shop_order1_created.py"


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What one process took, with all that it started."""

    seconds: float
    wall: float
    megabytes: float

    @override
    def __str__(self) -> str:
        return f"{self.seconds:>8.2f} {self.wall:>6.2f} {self.megabytes:>5.0f}"


def run(command: Sequence[str], folder: Path, *, may_find: bool = False) -> Cost:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        folder: where.
        may_find: an exit status of 1 is as good as 0.
    """
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=ENVIRONMENT) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if may_find else (0,)):
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - begin, used.ru_maxrss / 1024)


def write_project(folder: Path, size: int) -> None:
    """Specs and settings, nothing generated."""
    (folder / "specs").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(SETTINGS)
    for name, text in project(size).items():
        (folder / "specs" / name).write_text(text)


def measure(folder: Path, size: int, turns: int) -> dict[str, Cost]:
    """The best of some turns; each begins with nothing generated."""
    best: dict[str, Cost] = {}
    for turn in range(turns):
        copy = folder / str(turn)
        write_project(copy, size)
        for name, options in (("cold", ()), ("unchanged", ()), ("--check", ("--check",))):
            cost = run([SURESTEP, "generate", *options], copy)
            best[name] = min(cost, best.get(name, cost))
        bare = run([sys.executable, "-c", WRITE], copy)
        best["bare writing of the files"] = min(bare, best.get("bare writing of the files", bare))
    return best


def measure_import(folder: Path) -> float:
    """Milliseconds of importing the generated package, surestep itself not counted."""
    found = [
        subprocess.run(
            [sys.executable, "-c", IMPORT],
            cwd=folder,
            env=ENVIRONMENT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(5)
    ]
    return min(map(float, found))


def make_peer(folder: Path) -> str:
    """datamodel-code-generator in an environment of its own; returns its command."""
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", str(folder)], folder.parent)
    run([*uv, "pip", "install", "--quiet", "--python", str(folder), "datamodel-code-generator"], folder.parent)
    return str(folder / "bin/datamodel-codegen")


def measure_peer(command: str, folder: Path) -> Cost:
    """Classes of the same events, from their JSON Schema."""
    run([SURESTEP, "export", "jsonschema", "--out", "events.json"], folder)
    options = ("--input-file-type=jsonschema", "--output-model-type=pydantic_v2.BaseModel", "--disable-warnings")
    return run([command, "--input=events.json", "--output=models.py", *options], folder)


def report_checks(folder: Path) -> None:
    """How long mypy needs for both outputs, and for ours again after one edit."""
    ours, theirs = (
        run([*MYPY, f"--cache-dir=cache-{name}", path], folder, may_find=True)
        for name, path in (("ours", "shop/contract/events"), ("theirs", "models.py"))
    )
    print(
        f"mypy on the events, cold      {ours}   {ours.seconds / theirs.seconds:.2f} of the peer's {theirs.seconds:.2f}"
    )
    path = folder / EDITED
    path.write_text(path.read_text().replace("amount:", "amount_again: int = 0\n    amount:", 1))
    again = run([*MYPY, "--cache-dir=cache-ours", "shop/contract/events"], folder, may_find=True)
    same = run([*MYPY, "--cache-dir=cache-ours", "shop/contract/events"], folder, may_find=True)
    print(f"the same after one edit       {again}   {again.seconds / ours.seconds:.2f} of cold")
    print(f"the same after no edit        {same}   {same.seconds / ours.seconds:.2f} of cold")


def main() -> None:
    """A table, and what mypy says about the outputs for 1,000 events."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        peer = make_peer(root / "peer") if asked.peers else None
        write_project(root / "first", 1)
        run([SURESTEP, "generate"], root / "first")  # from now on our modules are compiled
        print(f"{'events':>8} {'':<28} {'seconds':>8} {'wall':>6} {'MB':>5} {'ms each':>8}")
        for size in asked.sizes:
            folder = root / str(size)
            for what, cost in measure(folder, size, asked.turns if size <= 1_000 else 1).items():
                print(f"{size:>8,} {what:<28} {cost} {cost.seconds / size * 1_000:>8.2f}")
            print(f"{size:>8,} import of what is generated  {measure_import(folder / '0') / 1_000:>8.3f}")
            if peer is not None and size <= 1_000:
                print(f"{size:>8,} {'datamodel-code-generator':<28} {measure_peer(peer, folder / '0')}", flush=True)
        if peer is not None and 1_000 in asked.sizes:
            report_checks(root / "1000/0")


if __name__ == "__main__":
    main()
