"""Starts runs by the clock. Between two occurrences it does nothing.

An occurrence that is noticed late, because the process was suspended or did not run, is missed: `catch_up` says
whether the last one missed is made up for. That an occurrence starts no second run, whatever restarts and however the
clock is set, is the store's affair.
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from surestep.authoring.registry import BoundFunction
from surestep.core.cron import last_occurrence_ms, next_occurrence_ms
from surestep.engines.clock import Clock
from surestep.engines.intake import Intake
from surestep.engines.patience import patiently
from surestep.limits import SCHEDULE_GRACE_MS
from surestep.storage.port import NewEvent
from surestep_dsl.flow import CatchUp, CronTrigger

__all__ = ["Schedule"]

_logger = logging.getLogger("surestep.engine")


@dataclass(frozen=True, slots=True)
class _Watch:
    """A trigger, since when it is watched, and its occurrence that comes next."""

    function_id: str
    trigger: CronTrigger
    after_ms: int = 0
    at_ms: int = 0

    @property
    def fire_at_ms(self) -> int:
        """With jitter: drawn from what identifies the occurrence, so a restart fires it at the same moment."""
        if not self.trigger.jitter_ms:
            return self.at_ms
        draw = random.Random(f"{self.function_id} {self.trigger.cron} {self.at_ms}")  # noqa: S311 -- no secret
        return self.at_ms + draw.randrange(self.trigger.jitter_ms)

    @property
    def name(self) -> str:
        """What the store knows the schedule by."""
        return json.dumps((self.function_id, self.trigger.cron, self.trigger.timezone), separators=(",", ":"))

    @property
    def catches_up(self) -> bool:
        """Whether the last occurrence missed is made up for."""
        return self.trigger.catch_up is CatchUp.LAST

    def after(self, after_ms: int) -> "_Watch":
        """Watched since another instant."""
        at_ms = next_occurrence_ms(self.trigger.cron, self.trigger.timezone, after_ms)
        return replace(self, after_ms=after_ms, at_ms=at_ms)

    def missed(self, after_ms: int, now_ms: int) -> "_Watch | None":
        """The occurrence to be made up for."""
        at_ms = last_occurrence_ms(self.trigger.cron, self.trigger.timezone, after_ms, now_ms)
        return None if at_ms is None or not self.catches_up else replace(self, at_ms=at_ms)


class Schedule:
    """Watches the cron triggers of an app.

    Args:
        functions: all functions, by id.
        append: stores the planned events and starts their runs.
        meet: says when schedules that catch up last had an occurrence.

    Attributes:
        is_resting: nothing is due.
    """

    def __init__(
        self,
        functions: Mapping[str, BoundFunction],
        intake: Intake,
        clock: Clock,
        append: Callable[[list[NewEvent]], Awaitable[object]],
        meet: Callable[[Sequence[str], int], Awaitable[Mapping[str, int]]],
    ) -> None:
        self._intake = intake
        self._clock = clock
        self._append = append
        self._meet = meet
        self.is_resting = False
        self._since_ms = 0
        self._seen: Mapping[str, int] = {}
        self._watches = [
            _Watch(function_id, trigger)
            for function_id, bound in functions.items()
            for trigger in bound.function.options.triggers
            if isinstance(trigger, CronTrigger)
        ]

    async def begin(self) -> None:
        """From now on occurrences count."""
        self._since_ms = self._clock.now_ms()
        names = [watch.name for watch in self._watches if watch.catches_up]
        self._seen = await self._meet(names, self._since_ms)

    async def watch(self) -> None:
        """Fire occurrences until cancelled."""
        try:
            await self._watch()
        finally:
            self.is_resting = True

    async def _watch(self) -> None:
        watches = [watch.after(self._since_ms) for watch in self._watches]
        for watch in watches:  # what was missed while no engine ran
            missed = watch.missed(self._seen.get(watch.name, self._since_ms), self._since_ms)
            if missed is not None:
                await self._fire(missed)
        while watches:
            due = min(watches, key=lambda watch: watch.fire_at_ms)
            self.is_resting = True
            await self._clock.sleep_until(due.fire_at_ms)
            self.is_resting = False
            now_ms = self._clock.now_ms()
            if now_ms >= due.fire_at_ms:
                watches[watches.index(due)] = await self._fire_or_miss(due, now_ms)
            # Where the clock was put back, occurrences lie ahead again; those that were fired are not fired twice.
            watches = [watch.after(now_ms) if now_ms < watch.after_ms else watch for watch in watches]
            await asyncio.sleep(0)  # let others in, however many occurrences have become due at once

    async def _fire_or_miss(self, due: _Watch, now_ms: int) -> _Watch:
        """Fire what is due in time, or what is to be made up for; returns what is watched next."""
        late_ms = now_ms - due.fire_at_ms
        if late_ms <= SCHEDULE_GRACE_MS:
            await self._fire(due)
            return due.after(due.at_ms)
        _logger.warning(
            "%s missed occurrences of %r, the first by %d s", due.function_id, due.trigger.cron, late_ms // 1000
        )
        missed = due.missed(due.at_ms - 1, now_ms)
        if missed is None:
            return due.after(now_ms - SCHEDULE_GRACE_MS)
        await self._fire(missed)
        return due.after(missed.at_ms)

    async def _fire(self, due: _Watch) -> None:
        planned = self._intake.plan_occurrence(
            due.function_id, due.trigger, due.at_ms, due.fire_at_ms, self._clock.now_ms()
        )
        if due.catches_up:
            planned = replace(planned, occurrence=(due.name, due.at_ms))
        await patiently("the schedule", partial(self._append, [planned]), lambda: False)
