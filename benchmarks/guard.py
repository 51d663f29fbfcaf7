#!/usr/bin/env python3
"""What the guard costs: resuming a handler under each of its modes, and a step body beside a bare call.

Figures are of the processor's time, the least of all turns, so that a busy machine shows little. Handler code makes
three calls per resume here, or one step. What is on is held against a process in which nothing of a guard is there.

    benchmarks/guard.py [--json] [--turns 30]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

from surestep.authoring.events import Event
from surestep.authoring.step import Step
from surestep.core.pending import Desk
from surestep.guard.guard import Guard, GuardMode

RESUMES: int = 2_000


class Parked:
    """Something to await, as a step is."""

    def __await__(self) -> Generator[Any, Any, int]:
        return (yield self)  # type: ignore[no-any-return]


async def handle() -> int:
    """Handler code: a loop of steps, with a little of its own between them."""
    total = 0
    while True:
        total += max(len("step"), abs(await Parked()))


async def handle_steps() -> int:
    """Handler code that makes a step at each resume, as nearly all does."""
    step = Step[Event](Desk(sys.maxsize))
    while True:
        await step.run("step", body)


def resume(guard: Guard, handler: Callable[[], Coroutine[Any, Any, int]]) -> float:
    """Microseconds per resume."""
    coroutine = handler()
    guard.resume(coroutine, None, None)
    began = time.thread_time()
    for _ in range(RESUMES):
        guard.resume(coroutine, 1, None)
    spent = time.thread_time() - began
    coroutine.close()
    return spent / RESUMES * 1e6


def body() -> int:
    """A step's body; nothing watches it."""
    return max(len("step"), abs(-1))


def call_body() -> float:
    """Microseconds per call of a body outside handler code."""
    began = time.thread_time()
    for _ in range(RESUMES):
        body()
    return (time.thread_time() - began) / RESUMES * 1e6


def measure(mode: GuardMode, turns: int) -> dict[str, float]:
    """The least microseconds of each side, with the guard off and in one of its modes; they take turns."""
    sides: dict[str, Callable[[], float]] = {
        f"{name}_{one.value}": partial(resume, Guard(one), handler)
        for name, handler in (("calls", handle), ("step", handle_steps))
        for one in (GuardMode.OFF, mode)
    }
    sides["body"] = call_body
    found = [{name: side() for name, side in sides.items()} for _ in range(turns)]
    return {name: min(turn[name] for turn in found) for name in sides}


def main() -> None:
    """Measure, then print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options.add_argument("--turns", type=int, default=30, help="turns of each side (default: 30)")
    arguments = options.parse_args()
    least = {"bare body": min(call_body() for _ in range(arguments.turns))}
    for mode in (GuardMode.LIGHT, GuardMode.STRICT):  # the audit hook of the latter stays, and production has none
        for name, microseconds in measure(mode, arguments.turns).items():
            least[name] = min(microseconds, least.get(name, microseconds))
    results = {
        "python": sys.version.split()[0],
        "resume_us": {name: round(found, 2) for name, found in least.items() if "body" not in name},
        "guard_us": {
            f"{name}_{mode}": round(least[f"{name}_{mode}"] - least[f"{name}_off"], 2)
            for name in ("calls", "step")
            for mode in ("light", "strict")
        },
        "body_ratio": round(least["body"] / least["bare body"], 2),
    }
    print(json.dumps(results, indent=2) if arguments.json else "\n".join(f"{k:12} {v}" for k, v in results.items()))


if __name__ == "__main__":
    main()
