"""What becomes of an event: validation at the border, and the runs it starts. Plans only; storing is the store's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pydantic_core
from pydantic import ValidationError

from surestep.authoring.events import Event
from surestep.authoring.registry import BoundFunction, Registry
from surestep.authoring.step import outgoing_event
from surestep.core.commands import OutgoingEvent, WaitForEvent
from surestep.core.conditions import Condition
from surestep.core.matching import match_value_at
from surestep.core.signals import TimerPurpose
from surestep.engines.claims import ByEventId, Origin, plan_claims
from surestep.errors import EventRejectedError, Fault
from surestep.limits import EVENT_BYTES, EVENTS_PER_REQUEST, TS_MAX_MS, TS_MIN_MS
from surestep.storage.matched import event_json
from surestep.storage.port import NewEvent, NewRun, NewTimer, NewWaiter, Parent, StoredEvent
from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.expr import EventValue
from surestep_dsl.flow import CancelOn, EventTrigger

__all__ = ["Intake", "step_waiter"]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A trigger of a function, for one event."""

    function_id: str
    condition: Condition | None


class Intake:
    """Plans events and runs for one app.

    Args:
        registry: event classes by name.
        functions: all functions, by id.
        new_id: makes ids; called with the time in Unix milliseconds.
    """

    def __init__(
        self, registry: Registry, functions: Mapping[str, BoundFunction], new_id: Callable[[int], str]
    ) -> None:
        self._registry = registry
        self._functions = functions
        self._new_id = new_id
        self._rules = _rules_by_event(registry, functions)

    def plan_events(self, events: Sequence[OutgoingEvent], now_ms: int) -> list[NewEvent]:
        """Validate events from outside or from a step, and plan the runs they start.

        Raises:
            EventRejectedError: the first event that does not fit; nothing may be stored then.
        """
        if len(events) > EVENTS_PER_REQUEST:
            fault = Fault(
                "", f"{len(events)} events in one request; the limit EVENTS_PER_REQUEST is {EVENTS_PER_REQUEST}"
            )
            raise EventRejectedError(EVENTS_PER_REQUEST, events[EVENTS_PER_REQUEST].name, (fault,))
        return [self._plan_event(position, event, now_ms) for position, event in enumerate(events)]

    def plan_stored(self, event: StoredEvent, *, origin: Origin | None = None, keep: bool = True) -> NewEvent:
        """Plan the runs that an event which needs no validation starts."""
        runs: dict[str, NewRun] = {}
        for rule in self._rules.get(event.name, ()):
            if rule.function_id not in runs and (
                rule.condition is None or rule.condition.holds(_seen(event), None, now_ms=event.received_at_ms)
            ):
                runs[rule.function_id] = self.plan_run(rule.function_id, event, origin=origin)
        return NewEvent(event, tuple(runs.values()), keep)

    def plan_run(
        self,
        function_id: str,
        event: StoredEvent,
        *,
        triggered_by: str = "event",
        origin: Origin | None = None,
        parent: Parent | None = None,
    ) -> NewRun:
        """A run of a function for an event, with its claims, its cancel waiters and its start timeout."""
        now_ms = event.received_at_ms
        run_id = self._new_id(now_ms)
        start_at_ms = max(event.ts_ms, now_ms)
        base_id, _, role = function_id.partition(":")
        options = self._functions[base_id].function.options
        run = NewRun(run_id, function_id, (event.event_id,), now_ms, start_at_ms, triggered_by, parent)
        if role:
            return run
        timers: tuple[NewTimer, ...] = ()
        if options.timeouts and options.timeouts.start_ms:
            timers = (NewTimer(run_id, TimerPurpose.START_TIMEOUT, start_at_ms + options.timeouts.start_ms),)
        waiters = tuple(_cancel_waiter(run_id, rule, event) for rule in options.cancel_on)
        claims = plan_claims(options, event, origin)
        return replace(run, waiters=waiters, timers=timers, claims=claims)

    def new_event(self, name: str, data: bytes, now_ms: int, ts_ms: int | None = None) -> StoredEvent:
        """An event of the engine's own making."""
        event_id = self._new_id(now_ms)
        return StoredEvent(event_id, name, data, event_id, now_ms if ts_ms is None else ts_ms, now_ms)

    def _plan_event(self, position: int, event: OutgoingEvent, now_ms: int) -> NewEvent:
        checked = self._validated(position, event)
        event_id = self._new_id(now_ms)
        given_id = checked.id or event_id
        stored = StoredEvent(
            event_id, checked.name, outgoing_event(checked).data, given_id, checked.ts or now_ms, now_ms, checked.v
        )
        return self.plan_stored(stored, origin=ByEventId(checked.id) if checked.id else None)

    def _validated(self, position: int, event: OutgoingEvent) -> Event:
        event_class = self._registry.event_class(event.name)
        if event.name.lower().startswith("inngest/"):
            raise _refused(position, event, "name", "names under inngest/ are the engine's own")
        if event_class is None:
            nearest = get_close_matches(event.name, self._registry.events, 1, 0.6)
            hint = (
                f"did you mean {nearest[0]}?" if nearest else "declare it under `events:` and run `surestep generate`"
            )
            raise _refused(position, event, "name", "no such event is declared", hint)
        if len(event.data) > EVENT_BYTES:
            raise _refused(position, event, "data", f"{len(event.data)} bytes; the limit EVENT_BYTES is {EVENT_BYTES}")
        if event.ts_ms is not None and not TS_MIN_MS <= event.ts_ms <= TS_MAX_MS:
            raise _refused(position, event, "ts", "not between 1980 and 2100 in Unix milliseconds")
        current = event_class.model_fields["v"].default
        if event.v is not None and current is not None and event.v != current:
            raise _refused(position, event, "v", f"unknown version {event.v!r}; the current one is {current!r}")
        envelope = {"name": event.name, "id": event.id, "ts": event.ts_ms or 0}
        if event.v is not None:
            envelope["v"] = event.v
        head = pydantic_core.to_json(envelope)
        try:
            return event_class.model_validate_json(head[:-1] + b',"data":' + event.data + b"}")
        except ValidationError as error:
            raise EventRejectedError(position, event.name, tuple(_faults(error))) from None


def _rules_by_event(registry: Registry, functions: Mapping[str, BoundFunction]) -> dict[str, list[_Rule]]:
    """The event triggers by the declared events they take."""
    patterns = EventPatterns(registry.events)
    triggers = [
        (function_id, trigger)
        for function_id, bound in functions.items()
        for trigger in bound.function.options.triggers
        if isinstance(trigger, EventTrigger)
    ]
    rules: dict[str, list[_Rule]] = {}
    for function_id, trigger in triggers:
        rule = _Rule(function_id, Condition(trigger.condition) if trigger.condition else None)
        for name in patterns.match(trigger.event) if "*" in trigger.event else (trigger.event,):
            rules.setdefault(name, []).append(rule)
    return rules


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


def _seen(event: StoredEvent) -> EventValue:
    seen: EventValue = pydantic_core.from_json(event_json(event))
    return seen


def _cancel_waiter(run_id: str, rule: CancelOn, event: StoredEvent) -> NewWaiter:
    until_ms = None if rule.timeout_ms is None else event.received_at_ms + rule.timeout_ms
    if rule.match is None:
        trigger = event_json(event) if rule.condition else b""
        return NewWaiter(run_id, None, rule.event, condition=rule.condition, trigger=trigger, until_ms=until_ms)
    value = match_value_at(pydantic_core.from_json(event.data), rule.match)
    return NewWaiter(run_id, None, rule.event, rule.match, value, until_ms=until_ms)


def _refused(
    position: int, event: OutgoingEvent, path: str, message: str, hint: str | None = None
) -> EventRejectedError:
    return EventRejectedError(position, event.name, (Fault(path, message),), hint)


def _faults(error: ValidationError) -> Iterable[Fault]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in one["loc"]]
        yield Fault("".join(parts).lstrip("."), one["msg"])
