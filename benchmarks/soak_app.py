"""The process that `soak.py` kills: an engine and its clients in one, which say what they were answered.

Every body writes a line before it begins into a ledger that outlives the process.

    python benchmarks/soak_app.py STORE LEDGER FIRST_NUMBER CLIENTS
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Final, Literal

from surestep import Context, Data, Event, Handler, NonRetriableError, Step, StepError
from surestep.authoring.function import Function
from surestep.authoring.system import FunctionFinished
from surestep.core.pending import current_body
from surestep.core.records import RunStatus
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.waiters import waiter_matches
from surestep.storage.keyring import load_keyring
from surestep.storage.sqlite import SqliteStore
from surestep.testing import InlineRegistry
from surestep_dsl.flow import Backoff, EventTrigger, FunctionOptions, Retries

__all__: list[str] = []

LEDGER: Final = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
QUICK: Final = Retries(2, Backoff(10, factor=1, jitter_ms=0))


class OrderData(Data, frozen=True):
    """Which order."""

    number: int


class Placed(Event, frozen=True):
    """Starts a run of each function."""

    name: Literal["order/placed"] = "order/placed"
    data: OrderData


class Paid(Event, frozen=True):
    """What a run waits for, sent by another."""

    name: Literal["order/paid"] = "order/paid"
    data: OrderData


def write_ledger(run_id: str) -> None:
    """One line for each attempt of a body; a line written is in the kernel's hands."""
    body = current_body.get()
    os.write(LEDGER, f"{run_id} {body.step_id if body else '?'}\n".encode())


async def work(run_id: str, number: int) -> int:
    """A body that succeeds."""
    write_ledger(run_id)
    await asyncio.sleep(0.001 * (number % 7))
    return number


async def work_twice(run_id: str, number: int) -> int:
    """A body that fails at the first attempt."""
    body = current_body.get()
    write_ledger(run_id)
    if body is not None and body.attempt == 0:
        raise ValueError("not yet")
    return number


def break_down(run_id: str) -> None:
    """A plain body that fails for good."""
    write_ledger(run_id)
    raise NonRetriableError("broken")


def declare(event: type[Event], function_id: str, **more: object) -> Function[object, object]:
    """A function with this trigger."""
    trigger = EventTrigger(str(event.model_fields["name"].default))
    options = FunctionOptions(function_id, triggers=(trigger,), retries=QUICK)
    return Function(options, events=(event,), **more)  # type: ignore[arg-type]


async def pay(ctx: Context[Placed], step: Step) -> int:
    """Steps of most kinds, some at the same time."""
    number = ctx.event.data.number
    await step.run("first", work, ctx.run_id, number)
    await step.gather(
        step.run("left", work_twice, ctx.run_id, number),
        step.sleep("nap", "20ms"),
        step.run("right", work, ctx.run_id, 1),
    )
    await step.send_event("tell", Paid(data=OrderData(number=number)))
    return await step.run("last", work, ctx.run_id, number)


async def ship(ctx: Context[Placed], step: Step) -> int:
    """Waits for what the other function sends, and bears a failure."""
    paid = await step.wait_for_event("paid", Paid, match="data.number", timeout="10m", lookback="run")
    with contextlib.suppress(StepError):
        await step.run("broken", break_down, ctx.run_id)
    if ctx.event.data.number % 3 == 0:
        raise NonRetriableError("a third of all orders cannot be shipped")
    return paid.data.number if paid else -1


async def hear(ctx: Context[FunctionFinished], step: Step) -> str:
    """Notes the end of each run."""
    await step.run("hear", work, ctx.run_id, 0)
    return ctx.event.data.run_id


def make_registry() -> InlineRegistry:
    """The app."""
    handlers = [
        Handler(declare(Placed, "pay", result_type=int), pay),
        Handler(declare(Placed, "ship", result_type=int), ship),
        Handler(declare(FunctionFinished, "hear", result_type=str), hear),
    ]
    return InlineRegistry("soak", (Placed, Paid), handlers)


async def send_orders(engine: Engine, number: int, stride: int) -> None:
    """One client: an order after the other, each told once it was accepted."""
    while True:
        await engine.send([RawEvent("order/placed", {"number": number}, id=f"order-{number}")])
        os.write(1, f"{number}\n".encode())
        number += stride
        await asyncio.sleep(0.02)


async def finish(engine: Engine) -> None:
    """Wait until no run is live."""
    live = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)
    while any([await engine.list_runs(status=status, limit=1) for status in live]):  # noqa: ASYNC110 -- it is no event
        await asyncio.sleep(0.05)


async def main() -> None:
    """With clients until killed or told to stop, without until all runs have ended."""
    first, clients = int(sys.argv[3]), int(sys.argv[4])
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    store = await SqliteStore.open(Path(sys.argv[1]), matches=waiter_matches, keyring=load_keyring())
    async with Engine(registry=make_registry(), store=store) as engine:
        os.write(1, b"ready\n")
        sending = [asyncio.create_task(send_orders(engine, first + one, clients)) for one in range(clients)]
        await (stopped.wait() if clients else finish(engine))
        for task in sending:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
