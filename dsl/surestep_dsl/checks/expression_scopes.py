"""Which events each expression of a function may meet."""

from collections.abc import Iterator
from dataclasses import dataclass

from surestep_dsl.checks.view import View, payload_type
from surestep_dsl.expr import EventScope, Scope, Use
from surestep_dsl.flow import CancelOn, EventTrigger
from surestep_dsl.model import FunctionDef, Path, WaitStep

__all__ = ["Placed", "answers", "placed_expressions"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression where it stands.

    Attributes:
        use: None for a `match`.
        scopes: every combination of events it may meet; none where their names are unknown.
    """

    text: str
    path: Path
    use: Use | None
    scopes: tuple[Scope, ...]


def placed_expressions(view: View, function: FunctionDef) -> Iterator[Placed]:
    """All expressions and matches of a function."""
    base: Path = ("functions", function.id)
    for at, trigger in enumerate(function.options.triggers):
        if isinstance(trigger, EventTrigger) and trigger.condition is not None:
            path = (*base, "triggers", at, "if")
            yield Placed(trigger.condition, path, Use.FILTER, _scopes(view, _events_of(view, trigger.event)))
    scopes = _function_scopes(view, function)
    for path, text, use in _options(function):
        yield Placed(text, (*base, *path), use, scopes)
    for answer, path in answers(function):
        other = view.event_scopes.get(answer.event)
        both = tuple(Scope(scope.event, other, scope.types) for scope in scopes) if other else ()
        if answer.match is not None:
            yield Placed(answer.match, (*path, "match"), None, both)
        if answer.condition is not None:
            yield Placed(answer.condition, (*path, "if"), Use.ANSWER, both)


def answers(function: FunctionDef) -> Iterator[tuple[CancelOn | WaitStep, Path]]:
    """What a run of a function listens to, each with its place: cancelling events and declared waits."""
    for at, cancel in enumerate(function.options.cancel_on):
        yield cancel, ("functions", function.id, "cancel_on", at)
    for step in function.steps or ():
        if isinstance(step, WaitStep):
            yield step, ("functions", function.id, "steps", step.id)


def _options(function: FunctionDef) -> Iterator[tuple[Path, str, Use]]:
    """Expressions over the event that started a run."""
    options = function.options
    found: list[tuple[Path, str | None, Use]] = [
        (("idempotency",), options.idempotency, Use.KEY),
        (("priority",), options.priority, Use.PRIORITY),
    ]
    found += [(("concurrency", at, "key"), entry.key, Use.KEY) for at, entry in enumerate(options.concurrency)]
    for name, option in (
        ("throttle", options.throttle),
        ("rate_limit", options.rate_limit),
        ("debounce", options.debounce),
        ("singleton", options.singleton),
        ("batch_events", options.batch_events),
    ):
        if option is not None:
            found.append(((name, "key"), option.key, Use.KEY))
    if options.batch_events is not None:
        found.append((("batch_events", "if"), options.batch_events.condition, Use.FILTER))
    return ((path, text, use) for path, text, use in found if text is not None)


def _function_scopes(view: View, function: FunctionDef) -> tuple[Scope, ...]:
    """The events of all triggers; the timer's only where there is no event trigger; the input where there is none."""
    triggers = function.options.triggers
    names = [trigger.event for trigger in triggers if isinstance(trigger, EventTrigger)]
    if names:
        return _scopes(view, [event for name in names for event in _events_of(view, name)])
    if triggers:
        return _scopes(view, [view.event_scopes["inngest/scheduled.timer"]])
    if ("functions", function.id, "triggers") in view.places:
        return ()  # they could not be read
    passed = payload_type(function.input or (), function.input_type)
    return (Scope(EventScope("inngest/function.invoked", passed), None, view.project.types),)


def _events_of(view: View, name: str) -> list[EventScope]:
    names = view.patterns.match(name) if "*" in name else (name,)
    return [view.event_scopes[name] for name in names if name in view.event_scopes]


def _scopes(view: View, events: list[EventScope]) -> tuple[Scope, ...]:
    unique = {event.name: event for event in events}
    return tuple(Scope(event, None, view.project.types) for event in unique.values())
