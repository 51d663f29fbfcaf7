#!/usr/bin/env python3
"""How fast expressions are, compared with CEL's C++ implementation (`pip install cel-expr-python`) in the same run.

Both sides take turns, so that a busy machine slows both; numbers are medians over all turns. The C++ implementation is
measured twice: given the event as Python has it, which is what an engine would do with each event, and with the event
converted beforehand, which shows how little of its time is evaluation.

    benchmarks/expressions.py [--json] [--turns 30]
"""

import argparse
import importlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from surestep_dsl.expr import Problem, compile_expression, evaluate, parse_expression

TEXTS: Final = {
    "condition": 'event.data.amount > 100.0 && event.data.currency == "usd"',
    "has() ternary": 'has(event.data.note) ? event.data.note == "urgent" : event.data.express',
    "comprehension": "event.data.items.filter(item, item.price > 10.0).map(item, item.sku)",
}
EVENT: Final[dict[str, Any]] = {
    "name": "shop/order.created",
    "id": "01JGFJJZ00ABCDEFGHJKMNPQRS",
    "ts": 1_735_689_600_000,
    "data": {
        "orderId": "o-1024",
        "amount": 129.5,
        "currency": "usd",
        "express": True,
        "customer": {"id": "c-7", "email": "ada@example.com", "country": "FR"},
        "items": [{"sku": f"sku-{place}", "price": 4.5 * place, "quantity": 1.0} for place in range(5)],
        "tags": ["new", "web"],
    },
}
SECONDS_PER_TURN: Final = 0.02


def main() -> None:
    """Measure, then print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options.add_argument("--turns", type=int, default=30, help="turns of each side (default: 30)")
    arguments = options.parse_args()
    try:
        cel = importlib.import_module("cel_expr_python.cel")
    except ImportError:
        sys.exit("expressions.py: compares with cel-expr-python, which is not installed")
    results = {name: measure(text, cel, arguments.turns) for name, text in TEXTS.items()}
    print(json.dumps(results, indent=2) if arguments.json else table(results))


def measure(text: str, cel: Any, turns: int) -> dict[str, float]:
    """Ratios and rates of one expression."""
    environment = cel.NewEnv(variables={"event": cel.Type.DYN})
    program, theirs, converted = ours(text), environment.compile(text), environment.Activation({"event": EVENT})
    value = evaluate(program, EVENT, now_ms=0)
    if value != theirs.eval(converted).plain_value():
        sys.exit(f"expressions.py: {text} has different values on both sides")
    evaluation, passed, conversion, compilation, their_compilation = seconds_per_call(
        turns,
        lambda: evaluate(program, EVENT, now_ms=0),
        lambda: theirs.eval(data={"event": EVENT}).plain_value(),
        lambda: theirs.eval(converted).plain_value(),
        lambda: ours(text),
        lambda: environment.compile(text),
    )
    return {
        "times_faster": passed / evaluation,
        "times_faster_than_with_converted_event": conversion / evaluation,
        "compile_times_faster": their_compilation / compilation,
        "evaluations_per_second": 1 / evaluation,
        "cel_evaluations_per_second": 1 / passed,
        "cel_evaluations_per_second_with_converted_event": 1 / conversion,
        "compile_us": compilation * 1e6,
        "cel_compile_us": their_compilation * 1e6,
    }


def ours(text: str) -> Any:
    """A program, from text to closures."""
    expression = parse_expression(text)
    assert not isinstance(expression, Problem)  # noqa: S101 - they are constants of this file
    return compile_expression(expression)


def seconds_per_call(turns: int, *calls: Callable[[], object]) -> list[float]:
    """The median for each call; all take one turn, then all take another."""
    counts = [max(1, int(SECONDS_PER_TURN / time_of(call, 20))) for call in calls]
    rounds = [[time_of(call, count) for call, count in zip(calls, counts, strict=True)] for _ in range(turns)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def time_of(call: Callable[[], object], count: int) -> float:
    """Seconds per call over `count` calls."""
    started = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - started) / count


def table(results: dict[str, dict[str, float]]) -> str:
    """Ratios first."""
    lines = [
        f"Python {platform.python_version()}; times faster than CEL in C++, given a Python event | a converted event",
        "expression       ratio | conv.  compile       ours/s     CEL/s   | conv.   compile us   CEL us",
    ]
    for name, row in results.items():
        ratio, converted, compiling, per_second, theirs, theirs_converted, compile_us, their_us = row.values()
        lines.append(
            f"{name:14} {ratio:7.1f} {converted:7.1f} {compiling:8.1f}   "
            f"{per_second:10,.0f} {theirs:9,.0f} {theirs_converted:9,.0f}   {compile_us:10.1f} {their_us:8.1f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
