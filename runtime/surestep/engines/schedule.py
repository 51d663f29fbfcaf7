"""Starts runs by the clock. Between two occurrences it does nothing."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pydantic_core

from surestep.authoring.registry import BoundFunction
from surestep.core.cron import next_occurrence_ms
from surestep.engines.claims import ByOccurrence
from surestep.engines.clock import Clock
from surestep.engines.intake import Intake
from surestep.engines.patience import patiently
from surestep.storage.port import NewEvent
from surestep_dsl.flow import CronTrigger

__all__ = ["Schedule"]


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A moment at which a trigger is due; with jitter, it fires a little later."""

    function_id: str
    trigger: CronTrigger
    at_ms: int
    fire_at_ms: int


class Schedule:
    """Watches the cron triggers of an app.

    Args:
        functions: all functions, by id.
        append: stores the planned events and starts their runs.

    Attributes:
        is_resting: nothing is due.
    """

    def __init__(
        self,
        functions: Mapping[str, BoundFunction],
        intake: Intake,
        clock: Clock,
        append: Callable[[list[NewEvent]], Awaitable[None]],
    ) -> None:
        self._intake = intake
        self._clock = clock
        self._append = append
        self.is_resting = True
        self._triggers = [
            (function_id, trigger)
            for function_id, bound in functions.items()
            for trigger in bound.function.options.triggers
            if isinstance(trigger, CronTrigger)
        ]

    async def watch(self) -> None:
        """Fire occurrences until cancelled; those missed while no engine ran stay missed."""
        if not self._triggers:
            return
        now_ms = self._clock.now_ms()
        pending = [_next(function_id, trigger, now_ms) for function_id, trigger in self._triggers]
        while True:
            due = min(pending, key=lambda occurrence: occurrence.fire_at_ms)
            self.is_resting = True
            await self._clock.sleep_until(due.fire_at_ms)
            self.is_resting = False
            await patiently("the schedule", partial(self._append, [self._plan(due)]), lambda: False)
            pending.remove(due)
            pending.append(_next(due.function_id, due.trigger, due.at_ms))
            await asyncio.sleep(0)  # let others in, however many occurrences have become due at once

    def _plan(self, due: _Occurrence) -> NewEvent:
        data = {"cron": due.trigger.cron, "scheduledAt": _rfc3339(due.at_ms), "fireAt": _rfc3339(due.fire_at_ms)}
        event = self._intake.new_event("inngest/scheduled.timer", pydantic_core.to_json(data), self._clock.now_ms())
        origin = ByOccurrence(due.trigger.cron, due.trigger.timezone, due.at_ms)
        return NewEvent(event, (self._intake.plan_run(due.function_id, event, triggered_by="cron", origin=origin),))


def _next(function_id: str, trigger: CronTrigger, after_ms: int) -> _Occurrence:
    at_ms = next_occurrence_ms(trigger.cron, trigger.timezone, after_ms)
    jitter_ms = 0
    if trigger.jitter_ms:
        # Drawn from what identifies the occurrence, so that a restart fires it at the same moment.
        draw = random.Random(f"{function_id} {trigger.cron} {at_ms}")  # noqa: S311 -- jitter, no secret
        jitter_ms = draw.randrange(trigger.jitter_ms)
    return _Occurrence(function_id, trigger, at_ms, at_ms + jitter_ms)


def _rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
