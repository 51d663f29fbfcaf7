"""Plays arrivals of events against the policies of one function, on a virtual clock.

The engine is the real one; only the handler is made up: each run is one step that lasts as long as is said.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import pydantic
from pydantic import JsonValue

from surestep.authoring.context import Context
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function, Handler
from surestep.authoring.step import Step
from surestep.core.records import ENDED, RunStatus
from surestep.engines.api import RawEvent
from surestep.engines.clock import Entropy
from surestep.engines.embedded import Engine
from surestep.engines.waiters import waiter_matches
from surestep.storage.memory import MemoryStore
from surestep.storage.port import RunQuery
from surestep.testing.clock import VirtualClock
from surestep.testing.inline import InlineRegistry
from surestep_dsl.flow import EventTrigger, FunctionOptions

__all__ = ["Arrival", "SimulatedRun", "simulate"]

_TURNS_OF_THE_LOOP: Final = 200
"""Enough for everything to happen that can happen at one instant."""

_RUNS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that comes `at_ms` after the beginning."""

    at_ms: int
    data: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """What came of arrivals. Instants are milliseconds since the beginning.

    Attributes:
        arrivals: numbers of the arrivals that are its events, from 0.
        started_at_ms: None for a run that did not begin.
        reason: why it was skipped or cancelled; empty otherwise.
    """

    arrivals: tuple[int, ...]
    created_at_ms: int
    started_at_ms: int | None
    ended_at_ms: int | None
    reason: str = ""


class _AnyData(Data, frozen=True):
    """What keys and conditions read; whether it fits its event plays no part."""

    model_config = pydantic.ConfigDict(extra="allow")


async def simulate(
    options: FunctionOptions, event_name: str, arrivals: Sequence[Arrival], lasts_ms: int
) -> tuple[SimulatedRun, ...]:
    """The runs that the arrivals come to, oldest first; time passes until all have ended.

    Args:
        options: of the function; it is triggered by `event_name` only, and what follows a run is left out.
        event_name: of all arrivals.
        arrivals: in order of time.
        lasts_ms: how long the step of each run takes.
    """
    clock = VirtualClock()
    begin_ms = clock.now_ms()
    store = MemoryStore(waiter_matches)
    handler = _handler(options, event_name, clock, lasts_ms)
    registry = InlineRegistry("simulation", handler.function.events, [handler])
    engine = Engine(registry=registry, store=store, clock=clock, entropy=Entropy(1), retention=None)
    numbers: dict[str, int] = {}
    async with engine:
        for number, arrival in enumerate(arrivals):
            await _pass_time(clock, begin_ms + arrival.at_ms)
            [event_id] = await engine.send([RawEvent(event_name, dict(arrival.data))])
            numbers[event_id] = number
            await _settle()
        while await _is_live(store) and clock.next_due_ms is not None:
            await _pass_time(clock, clock.next_due_ms)
        rows = await store.list_runs(RunQuery(limit=_RUNS))
        details = [await engine.show_run(row.run_id) for row in rows]
    rows = rows[::-1]
    reasons = {
        detail.run.run_id: detail.error.message for detail in details if detail is not None and detail.error is not None
    }
    for number, row in enumerate(rows, 1):  # ids differ each time
        reasons = {run_id: reason.replace(row.run_id, str(number)) for run_id, reason in reasons.items()}
    return tuple(
        SimulatedRun(
            tuple(numbers[event_id] for event_id in row.event_ids),
            row.created_at_ms - begin_ms,
            None if row.started_at_ms is None else row.started_at_ms - begin_ms,
            None if row.ended_at_ms is None else row.ended_at_ms - begin_ms,
            reasons.get(row.run_id, ""),
        )
        for row in rows
    )


def _handler(options: FunctionOptions, event_name: str, clock: VirtualClock, lasts_ms: int) -> Handler:
    event = pydantic.create_model(
        "Simulated",
        __base__=Event,
        __cls_kwargs__={"frozen": True},
        name=(Literal[event_name], event_name),  # type: ignore[arg-type]  # made of a value
        data=(_AnyData, _AnyData()),
    )

    async def work() -> None:
        await clock.sleep_until(clock.now_ms() + lasts_ms)

    async def handle(context: Context[Event], step: Step) -> None:
        del context
        await step.run("work", work)

    conditions = [trigger.condition for trigger in options.triggers if isinstance(trigger, EventTrigger)]
    alone = replace(
        options,
        triggers=(EventTrigger(event_name, conditions[0] if conditions else None),),
        cancel_on=(),
        emits=None,
        on_failure=False,
        on_cancel=False,
        job=None,
    )
    return Handler(Function(alone, events=(event,)), handle)


async def _pass_time(clock: VirtualClock, until_ms: int) -> None:
    await _settle()
    while (due_at_ms := clock.next_due_ms) is not None and due_at_ms <= until_ms:
        await clock.advance_to(due_at_ms)
        await _settle()
    await clock.advance_to(until_ms)
    await _settle()


async def _settle() -> None:
    for _ in range(_TURNS_OF_THE_LOOP):
        await asyncio.sleep(0)


async def _is_live(store: MemoryStore) -> bool:
    rows = await store.list_runs(RunQuery(limit=_RUNS))
    return any(row.status not in {*ENDED, RunStatus.BLOCKED} for row in rows)
