#!/usr/bin/env python3
"""How long loading and checking takes, and how much memory, for projects of 10 to 10,000 events and functions.

Each function has four expressions and one match. Each size runs in a process of its own; `ratio` is the time for each
event compared with the first size from 1,000 on, which would be 1 for a linear loader on a quiet machine.

    python benchmarks/load.py
"""

import argparse
import resource
import subprocess
import sys
import time

from surestep_dsl.load import load_files

SIZES = (10, 100, 1_000, 10_000)
EVENTS_PER_FILE = 500
HEAD = "spec: 1\napp: shop\n"


def event(number: int) -> str:
    """An event with an id, a constrained field, an enum and a nested object."""
    return f"""  shop/order{number}.created:
    id: "order{number}-{{orderId}}"
    data:
      orderId: string
      amount: {{type: integer, min: 0}}
      currency: enum[usd, eur]
      plan?: string
      customer:
        fields: {{id: string, email: email, tags: "list[string]"}}
"""


def function(number: int, other: int) -> str:
    """A function on one event that another event cancels."""
    return f"""  handle-order-{number}:
    triggers: {{event: shop/order{number}.created, if: event.data.amount > {number} && event.data.currency == "usd"}}
    idempotency: event.data.orderId
    concurrency: {{limit: 10, key: event.data.customer.id}}
    priority: "has(event.data.plan) && event.data.plan == 'enterprise' ? 120 : 0"
    cancel_on: {{event: shop/order{other}.created, match: data.orderId}}
    returns: {{fields: {{done: boolean}}}}
    emits: [shop/order{other}.created]
"""


def project(size: int) -> dict[str, str]:
    """Specs of a size, by file name."""
    files = {}
    for start in range(0, size, EVENTS_PER_FILE):
        numbers = range(start, min(size, start + EVENTS_PER_FILE))
        events = "".join(map(event, numbers))
        functions = "".join(function(number, (number + 1) % size) for number in numbers)
        files[f"{start}.yaml"] = f"{HEAD}events:\n{events}functions:\n{functions}"
    return files


def measure(size: int) -> None:
    """Load once; print seconds of this process and its largest memory in MB."""
    files = project(size)
    before = time.process_time()
    loaded = load_files(files)
    seconds = time.process_time() - before
    if loaded.project is None or loaded.diagnostics:
        sys.exit(f"the project of {size} events has findings: {loaded.diagnostics[:3]}")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """A line for each size."""
    print(f"{'events':>8} {'seconds':>8} {'MB':>6} {'ms/event':>9} {'ratio':>6}")
    first = 0.0
    for size in SIZES:
        command = [sys.executable, __file__, "--size", str(size)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        seconds, megabytes = map(float, output.split())
        each = seconds / size * 1_000
        first = first or (each if size >= 1_000 else 0.0)
        ratio = f"{each / first:.2f}" if first else ""
        print(f"{size:>8,} {seconds:>8.2f} {megabytes:>6.0f} {each:>9.2f} {ratio:>6}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", type=int, help="measure this size only, in this process")
    asked = options.parse_args().size
    main() if asked is None else measure(asked)
