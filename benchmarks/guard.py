#!/usr/bin/env python3
"""What the guard costs: resuming a handler under each of its modes, and a step body beside a bare call.

Figures are of the processor's time, the least of all turns, so that a busy machine shows little. Handler code makes
three calls per resume here, or one step.

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


def main() -> None:
    """Measure, then print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options.add_argument("--turns", type=int, default=30, help="turns of each side (default: 30)")
    arguments = options.parse_args()
    bare_bodies = [call_body() for _ in range(arguments.turns)]
    sides: dict[str, Callable[[], float]] = {
        f"{name}_{mode.value}": partial(resume, Guard(mode), handler)
        for name, handler in (("calls", handle), ("step", handle_steps))
        for mode in GuardMode
    }
    sides["body"] = call_body
    turns = [{name: measure() for name, measure in sides.items()} for _ in range(arguments.turns)]
    middle = {name: min(turn[name] for turn in turns) for name in sides}
    results = {
        "python": sys.version.split()[0],
        "resume_us": {name: round(middle[name], 2) for name in sides if name != "body"},
        "guard_us": {
            f"{name}_{mode}": round(middle[f"{name}_{mode}"] - middle[f"{name}_off"], 2)
            for name in ("calls", "step")
            for mode in ("light", "strict")
        },
        "body_ratio": round(middle["body"] / min(bare_bodies), 2),
    }
    print(json.dumps(results, indent=2) if arguments.json else "\n".join(f"{k:12} {v}" for k, v in results.items()))


if __name__ == "__main__":
    main()
