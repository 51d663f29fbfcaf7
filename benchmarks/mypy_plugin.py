#!/usr/bin/env python3
"""What the mypy plugin adds to cold and warm runs: the generated package of many functions, and their handlers.

Specs are those of `load.py`; each handler calls helpers of its own, by names and by types. Every second one of their
modules only computes, so the plugin need not parse it. With and without the plugin take turns. Seconds are the least of
a processor that a turn took; the ratio is the median of those within one turn, as a machine that others use, too, is
not as fast in one turn as in the next.

    benchmarks/mypy_plugin.py [--functions 200] [--turns 3]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from load import project  # type: ignore[import-not-found]  # no package, a neighbour

__all__: list[str] = []

SURESTEP: Final = str(Path(sys.executable).parent / "surestep")
SETTINGS: Final = """
[tool.surestep]
package = "shop.contract"
handlers = "shop.handlers"

[tool.mypy]
strict = true
files = ["shop"]
"""
PLUGIN: Final = 'plugins = ["surestep_codegen.mypy"]\n'

HELPERS: Final = '''"""Prices of one kind of order."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath


@dataclass(frozen=True)
class Line:
    sku: str
    amount: int
    place: PurePath

    @property
    def weight(self) -> int:
        return self.amount * len(self.sku)

    def __add__(self, other: "Line") -> "Line":
        return Line(self.sku, self.amount + other.amount, self.place)


def lines_of(text: str) -> list[Line]:
    """Lines of a text."""
    found = [Line(part.strip(), len(part), PurePath(part)) for part in text.split(",")]
    return sorted(found, key=lambda line: (line.weight, line.sku))


def quote(lines: list[Line], rate: Decimal = Decimal("1.2")) -> Decimal:
    """A price."""
    base = sum((Decimal(line.amount) for line in lines), Decimal(0))
    for line in lines:
        if line.weight > 100 and line.place.name not in ("a", "b"):
            base += rate * line.weight
    return base.quantize(Decimal("0.01"))


def label(lines: list[Line], words: dict[str, str]) -> str:
    """A text for people."""
    total = lines[0]
    for line in lines[1:]:
        total += line
    return f"{words.get(total.sku, total.sku).title()}: {total.amount} {total.place.suffix}"
'''

_IMPORT: Final = "from dataclasses import dataclass\n"
_DUE: Final = '''

def due(days: dict[str, str]) -> list[datetime]:
    """When orders are due."""
    return [datetime.fromisoformat(day) + timedelta(days=len(name)) for name, day in days.items()]
'''
DATED_HELPERS: Final = HELPERS.replace(_IMPORT, f"{_IMPORT}from datetime import datetime, timedelta\n") + _DUE
"""They use more than what can only compute."""

BODY: Final = """    lines = lines_of(str(ctx.event.data))
    price = await step.run("price", quote, lines)
    if price > 100:
        await step.sleep("cool-down", "1h")
    for number, line in enumerate(lines):
        await step.run(f"reserve-{number}", label, [line], {"a": "b"})
    names = {line.sku for line in lines}
    for name in sorted(names):
        await step.options(retries=2).run("tell", name.title)
    text = label(lines, dict.fromkeys(names, "x"))
    raise NotImplementedError(text)
"""
"""Of every handler, in place of what the stub has."""


def write_project(folder: Path, functions: int) -> None:
    """Specs, generated package, handlers and helpers."""
    (folder / "specs").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(SETTINGS)
    for name, text in project(functions).items():
        (folder / "specs" / name).write_text(text)
    subprocess.run([SURESTEP, "generate"], cwd=folder, check=True, capture_output=True)
    stubs = [stub for stub in sorted((folder / "shop/handlers").glob("*.py")) if stub.name != "__init__.py"]
    for number, stub in enumerate(stubs):
        fill_handler(stub, DATED_HELPERS if number % 2 else HELPERS)


def fill_handler(stub: Path, text: str) -> None:
    """Write a handler's body, and its helpers."""
    helpers = f"prices_{stub.stem}"
    (stub.parent.parent / f"{helpers}.py").write_text(text)
    head = stub.read_text().partition("    raise NotImplementedError")[0]
    docstring, rest = head.split("\n\n", 1)
    stub.write_text(f"{docstring}\n\nfrom shop.{helpers} import label, lines_of, quote\n{rest}{BODY}")


def measure(folder: Path, *, with_plugin: bool) -> dict[str, float]:
    """Processor seconds of a cold run, of a cold one after a lint, and of a warm one."""
    (folder / "pyproject.toml").write_text(SETTINGS + (PLUGIN if with_plugin else ""))
    shutil.rmtree(folder / ".surestep_cache", ignore_errors=True)
    found = {}
    for name in ("cold", "cold, linted before"):
        shutil.rmtree(folder / ".mypy_cache", ignore_errors=True)
        found[name] = check(folder)
    return {**found, "warm": check(folder)}


def check(folder: Path) -> float:
    """Processor seconds of one run of mypy, which finds nothing; the plugin is compiled once, as if installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "mypy", "--no-error-summary"]
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("mypy found something")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, options.functions)
        turns = [(measure(folder, with_plugin=False), measure(folder, with_plugin=True)) for _ in range(options.turns)]
    print(f"{options.functions:>4} functions       mypy alone   with the plugin   ratio")
    for name in turns[0][0]:
        alone, plugged = (min(turn[side][name] for turn in turns) for side in (0, 1))
        ratio = median(plugged_turn[name] / alone_turn[name] for alone_turn, plugged_turn in turns)
        print(f"{name:<20}{alone:>9.2f} s{plugged:>16.2f} s{ratio:>8.2f}")


if __name__ == "__main__":
    main()
