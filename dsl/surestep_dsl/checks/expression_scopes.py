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
    """All expressions and matches of a function. Equal combinations of events are one object, however many ask."""
    base: Path = ("functions", function.id)
    for at, trigger in enumerate(function.options.triggers):
        if isinstance(trigger, EventTrigger) and trigger.condition is not None:
            path = (*base, "triggers", at, "if")
            yield Placed(trigger.condition, path, Use.FILTER, _scopes(view, (trigger.event,)))
    for path, text, use in _options(function):
        yield Placed(text, (*base, *path), use, _function_scopes(view, function))
    for answer, path in answers(function):
        if answer.match is not None:
            yield Placed(answer.match, (*path, "match"), None, _function_scopes(view, function, answer.event))
        if answer.condition is not None:
            yield Placed(answer.condition, (*path, "if"), Use.ANSWER, _function_scopes(view, function, answer.event))


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


def _function_scopes(view: View, function: FunctionDef, other: str = "") -> tuple[Scope, ...]:
    """The events of all triggers; the timer's only where there is no event trigger; the input where there is none."""
    triggers = function.options.triggers
    names = [trigger.event for trigger in triggers if isinstance(trigger, EventTrigger)]
    if triggers:
        return _scopes(view, tuple(names) or ("inngest/scheduled.timer",), other)
    if ("functions", function.id, "triggers") in view.places:
        return ()  # they could not be read
    key = (other, "", function.id)
    if key not in view.known_scopes:
        passed = EventScope("inngest/function.invoked", payload_type(function.input or (), function.input_type))
        view.known_scopes[key] = _with_other(view, [passed], other)
    return view.known_scopes[key]


def _scopes(view: View, names: tuple[str, ...], other: str = "") -> tuple[Scope, ...]:
    """All events that names and patterns reach, each with the `other` event where one is named."""
    key = (other, *names)
    if key not in view.known_scopes:
        reached = (event for name in names for event in (view.patterns.match(name) if "*" in name else (name,)))
        events = [view.event_scopes[name] for name in dict.fromkeys(reached) if name in view.event_scopes]
        view.known_scopes[key] = _with_other(view, events, other)
    return view.known_scopes[key]


def _with_other(view: View, events: list[EventScope], other: str) -> tuple[Scope, ...]:
    if other and other not in view.event_scopes:
        return ()
    return tuple(Scope(event, view.event_scopes[other] if other else None, view.project.types) for event in events)
