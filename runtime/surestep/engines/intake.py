"""What becomes of an event: the runs it starts, with all that belongs to them. Plans only; storing is the store's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import pydantic_core

from surestep.authoring.registry import BoundFunction, Registry
from surestep.core.commands import OutgoingEvent, WaitForEvent
from surestep.core.conditions import Condition
from surestep.core.policies.pause import PauseMode
from surestep.core.records import Record
from surestep.core.signals import TimerPurpose
from surestep.engines.border import Border, Rules, validated_input
from surestep.engines.claims import ByEventId, ByOccurrence, Origin, plan_claims, plan_queueing
from surestep.engines.jobs import Jobs, request_data
from surestep.storage.matched import event_json, event_value
from surestep.storage.port import NewEvent, NewRun, NewTimer, NewWaiter, Parent, RunRow, StoredEvent
from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.expr import match_value_at
from surestep_dsl.flow import CancelOn, CronTrigger, EventTrigger, FunctionOptions

__all__ = ["INVOKED", "TIMER", "Intake", "step_waiter"]


INVOKED: Final = "inngest/function.invoked"
TIMER: Final = "inngest/scheduled.timer"

_DEFAULT_RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger of a function, for one event."""

    function_id: str
    condition: Condition | None

    def holds(self, event: StoredEvent) -> bool:
        """Whether its condition is true of the event."""
        if self.condition is None:
            return True
        return self.condition.holds(event_value(event), None, now_ms=event.received_at_ms)


class Intake:
    """Plans events and runs for one app.

    Args:
        registry: event classes by name.
        functions: all functions, by id.
        new_id: makes ids; called with the time in Unix milliseconds.
        rules: what may come in.

    Attributes:
        jobs: the app's jobs.
        paused: functions that begin no runs, each with what happens to events meanwhile.
    """

    def __init__(
        self,
        registry: Registry,
        functions: Mapping[str, BoundFunction],
        new_id: Callable[[int], str],
        rules: Rules = _DEFAULT_RULES,
    ) -> None:
        self._functions = functions
        self._new_id = new_id
        self._triggers = _triggers_by_event(registry, functions)
        self.jobs = Jobs(registry, functions)
        self.paused: Mapping[str, PauseMode] = {}
        self._border = Border(registry, rules, self.jobs.reserved)

    def plan_events(self, events: Sequence[OutgoingEvent], now_ms: int) -> list[NewEvent]:
        """Validate events from outside or from a step, and plan the runs they start.

        Raises:
            EventRejectedError: the first event that does not fit; nothing may be stored then.
        """
        return [self._plan_event(event, now_ms) for event in self._border.admit(events)]

    def plan_stored(self, event: StoredEvent, *, keep: bool = True) -> NewEvent:
        """Plan the runs that an event of the engine's own starts."""
        return self._plan(event, None, keep=keep)

    def plan_occurrence(
        self, function_id: str, trigger: CronTrigger, at_ms: int, fire_at_ms: int, now_ms: int
    ) -> NewEvent:
        """Plan the run of an occurrence of a schedule, which is due at `at_ms` and with jitter at `fire_at_ms`."""
        origin = ByOccurrence(trigger.cron, trigger.timezone, at_ms)
        job = self.jobs.by_function.get(function_id)
        if job is not None:
            request = self.new_event(job.requested, b'{"triggered_by":"cron"}', now_ms)
            return self._plan(request, origin, keep=False)
        event = self.new_event(TIMER, _timer_data(trigger, at_ms, fire_at_ms), now_ms)
        return NewEvent(event, (self._plan_run(function_id, event, "cron", origin=origin),), keep=False)

    def plan_invocation(self, function_id: str, data: bytes, parent: Parent, now_ms: int) -> NewEvent:
        """Plan the run that an invoke step asks for.

        A job gets a request with a log id, a function that only a schedule starts a timer event that is due now.
        """
        job = self.jobs.by_function.get(function_id)
        run_id = self._new_id(now_ms)
        function = self._functions[function_id].function
        if job is not None:
            request = {"triggered_by": "manual", **(pydantic_core.from_json(data) or {})}
            event = self.new_event(job.requested, request_data(request, run_id), now_ms)
        elif (cron := _only_cron(function.options)) is not None and function.invoked is None:
            event = self.new_event(TIMER, _timer_data(cron, now_ms, now_ms), now_ms)
        else:
            event = self.new_event(INVOKED, data, now_ms)
        return NewEvent(event, (self._plan_run(function_id, event, "invoke", run_id=run_id, parent=parent),))

    def plan_follow_up(self, function_id: str, role: str, event: StoredEvent) -> NewRun:
        """The run of a failure or cancel handler; `event` tells of the end."""
        return self._plan_run(f"{function_id}:{role}", event, "cancel" if role == "on_cancel" else "failure")

    def plan_copy(
        self, row: RunRow, events: Sequence[StoredEvent], records: tuple[Record, ...], now_ms: int
    ) -> list[NewEvent]:
        """Plan a run that begins as another one with these events and records; nobody else is told of its events."""
        copies = [replace(event, event_id=self._new_id(now_ms), received_at_ms=now_ms) for event in events]
        run = self._plan_run(row.function_id, copies[-1], row.triggered_by, joins=False)
        run = replace(run, event_ids=tuple(copy.event_id for copy in copies), records=records)
        return [NewEvent(copy, (run,) if copy is copies[-1] else (), is_copy=True) for copy in copies]

    def edited(self, event: StoredEvent, function_id: str, data: bytes) -> StoredEvent:
        """An event of a run with other data.

        Raises:
            EventRejectedError: they do not fit, or the event is the engine's own.
        """
        if event.name == INVOKED:
            input_type = self._functions[function_id.partition(":")[0]].function.input_type
            return replace(event, data=validated_input(input_type, data))
        [admitted] = self._border.admit([OutgoingEvent(event.name, data, event.id, event.ts_ms, event.v)])
        return replace(event, data=admitted.data, v=admitted.v)

    def new_event(self, name: str, data: bytes, now_ms: int) -> StoredEvent:
        """An event of the engine's own making."""
        event_id = self._new_id(now_ms)
        return StoredEvent(event_id, name, data, event_id, now_ms, now_ms)

    def _plan_event(self, event: OutgoingEvent, now_ms: int) -> NewEvent:
        event_id = self._new_id(now_ms)
        ts_ms = event.ts_ms or now_ms
        stored = StoredEvent(event_id, event.name, event.data, event.id or event_id, ts_ms, now_ms, event.v)
        return self._plan(stored, ByEventId(event.id) if event.id else None, keep=True)

    def _plan(self, event: StoredEvent, origin: Origin | None, *, keep: bool) -> NewEvent:
        """The event with the runs it starts: one per function, whichever of its triggers match."""
        job = self.jobs.by_request.get(event.name)
        job_run_id = self._new_id(event.received_at_ms) if job else None
        if job is not None and job_run_id is not None:
            event = replace(event, data=request_data(pydantic_core.from_json(event.data), job_run_id))
        runs: dict[str, NewRun] = {}
        for trigger in self._triggers.get(event.name, ()):
            function_id = trigger.function_id
            if function_id in runs or not trigger.holds(event):
                continue
            own = job is not None and function_id == job.function
            by = "cron" if own and isinstance(origin, ByOccurrence) else "event"
            runs[function_id] = self._plan_run(
                function_id, event, by, run_id=job_run_id if own else None, origin=origin
            )
        return NewEvent(event, tuple(runs.values()), keep)

    def _plan_run(
        self,
        function_id: str,
        event: StoredEvent,
        triggered_by: str,
        *,
        run_id: str | None = None,
        origin: Origin | None = None,
        parent: Parent | None = None,
        joins: bool = True,
    ) -> NewRun:
        """A run of a function for an event, with its claims, its cancel waiters and its start timeout.

        Where somebody waits for this very run, it `joins` no other.
        """
        now_ms = event.received_at_ms
        run_id = run_id or self._new_id(now_ms)
        start_at_ms = max(event.ts_ms, now_ms)
        if ":" in function_id:  # the handler of a failure or a cancellation: the function's options are not for it
            return NewRun(run_id, function_id, (event.event_id,), now_ms, start_at_ms, triggered_by, parent)
        options = self._functions[function_id].function.options
        timers: tuple[NewTimer, ...] = ()
        if options.timeouts and options.timeouts.start_ms:
            timers = (NewTimer(run_id, TimerPurpose.START_TIMEOUT, start_at_ms + options.timeouts.start_ms),)
        joins_from_ms = start_at_ms if joins and not parent else None
        return NewRun(
            run_id,
            function_id,
            (event.event_id,),
            now_ms,
            start_at_ms,
            triggered_by,
            parent,
            waiters=tuple(_cancel_waiter(run_id, rule, event) for rule in options.cancel_on),
            timers=timers,
            claims=plan_claims(options, event, origin, self.paused.get(function_id), joins_from_ms),
            queueing=plan_queueing(options, event, start_at_ms),
        )


def _only_cron(options: FunctionOptions) -> CronTrigger | None:
    """The first schedule of a function that nothing else starts."""
    crons = [trigger for trigger in options.triggers if isinstance(trigger, CronTrigger)]
    return crons[0] if crons and len(crons) == len(options.triggers) else None


def _timer_data(trigger: CronTrigger, at_ms: int, fire_at_ms: int) -> bytes:
    """Data of the event of an occurrence."""
    data = {"cron": trigger.cron, "scheduledAt": _rfc3339(at_ms), "fireAt": _rfc3339(fire_at_ms)}
    return pydantic_core.to_json(data)


def _rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _triggers_by_event(registry: Registry, functions: Mapping[str, BoundFunction]) -> dict[str, list[_Trigger]]:
    """The event triggers by the declared events they take."""
    patterns = EventPatterns(registry.events)
    stated = [
        (trigger, _Trigger(function_id, Condition(trigger.condition) if trigger.condition else None))
        for function_id, bound in functions.items()
        for trigger in bound.function.options.triggers
        if isinstance(trigger, EventTrigger)
    ]
    found: dict[str, list[_Trigger]] = {}
    for trigger, compiled in stated:
        for name in patterns.match(trigger.event) if "*" in trigger.event else (trigger.event,):
            found.setdefault(name, []).append(compiled)
    return found


def step_waiter(run_id: str, command: WaitForEvent, trigger: StoredEvent, consumed: tuple[str, ...]) -> NewWaiter:
    """What a waiting step registers."""
    value = None if command.match is None else match_value_at(pydantic_core.from_json(trigger.data), command.match)
    return NewWaiter(
        run_id,
        command.key,
        command.event_name,
        command.match,
        value,
        command.condition,
        event_json(trigger) if command.condition else b"",
        lookback_after=trigger.event_id if command.lookback == "run" else None,
        consumed=consumed,
    )


def _cancel_waiter(run_id: str, rule: CancelOn, event: StoredEvent) -> NewWaiter:
    until_ms = None if rule.timeout_ms is None else event.received_at_ms + rule.timeout_ms
    if rule.match is None:
        trigger = event_json(event) if rule.condition else b""
        return NewWaiter(run_id, None, rule.event, condition=rule.condition, trigger=trigger, until_ms=until_ms)
    value = match_value_at(pydantic_core.from_json(event.data), rule.match)
    return NewWaiter(run_id, None, rule.event, rule.match, value, until_ms=until_ms)
