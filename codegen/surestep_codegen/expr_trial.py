"""Tries an expression on events: its type, what is wrong with it, its value. Pure; shows nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surestep_dsl.datatypes import DataType, Field, JsonValue, Named, NoDefault, ObjectOf
from surestep_dsl.expr import (
    EventScope,
    EventValue,
    ExprError,
    Expression,
    Problem,
    Scope,
    Use,
    check_expression,
    compile_expression,
    evaluate,
    evaluate_condition,
    evaluate_key,
    evaluate_priority,
    expression_type,
    parse_expression,
)
from surestep_dsl.expr.values import scalar_text
from surestep_dsl.model import EventDef, Project
from surestep_dsl.system_events import event_fields

__all__ = ["Candidate", "Trial", "fill_defaults", "try_expression"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event with its data; None where only types are asked for."""

    event: EventDef
    data: Mapping[str, JsonValue] | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out.

    Attributes:
        outcome: by name what can be told: `type`, `value` or `error`, and under the name of the use what its place
            makes of the value: whether a condition holds, the text of a key, a clipped priority; None for an error.
    """

    problems: Sequence[Problem]
    outcome: Mapping[str, JsonValue] = field(default_factory=dict)


def try_expression(
    project: Project, text: str, first: Candidate, second: Candidate | None, use: Use | None, now_ms: int
) -> Trial:
    """Check an expression, and evaluate it where there is data; data of `async` that is not given is empty."""
    parsed = parse_expression(text)
    if not isinstance(parsed, Expression):
        return Trial((parsed,))
    scopes = (Scope(_scope(first.event), None if second is None else _scope(second.event), project.types),)
    outcome: dict[str, JsonValue] = {"type": str(expression_type(parsed, scopes))}
    if first.data is not None:
        other = None if second is None else _value(project, second, now_ms)
        outcome |= _evaluate(parsed, _value(project, first, now_ms), other, use, now_ms)
    return Trial(check_expression(parsed, scopes, use), outcome)


def fill_defaults(data: Mapping[str, JsonValue], fields: Sequence[Field]) -> dict[str, JsonValue]:
    """Data with the defaults that the border fills in, also in nested objects."""
    filled = dict(data)
    for one in fields:
        inner = filled.get(one.name)
        if one.name not in filled and not isinstance(one.default, NoDefault):
            filled[one.name] = one.default
        elif isinstance(inner, dict) and isinstance(one.type, ObjectOf):
            filled[one.name] = fill_defaults(inner, one.type.fields)
    return filled


def _scope(event: EventDef) -> EventScope:
    data: DataType = ObjectOf(event.fields) if event.data_type is None else Named(event.data_type)
    return EventScope(event.name, data)


def _value(project: Project, candidate: Candidate, now_ms: int) -> EventValue:
    """An event as it might come, now."""
    event = candidate.event
    data = fill_defaults(candidate.data or {}, event_fields(project, event))
    value: dict[str, JsonValue] = {"name": event.name, "data": data, "id": "an-id", "ts": now_ms}
    return value if event.version is None else {**value, "v": event.version}


def _evaluate(
    parsed: Expression, event: EventValue, other: EventValue | None, use: Use | None, now_ms: int
) -> dict[str, JsonValue]:
    program = compile_expression(parsed)
    value = evaluate(program, event, other, now_ms=now_ms)
    outcome: dict[str, JsonValue] = (
        {"error": value.message} if isinstance(value, ExprError) else {"value": _json(value)}
    )
    match use:
        case None:
            return outcome
        case Use.FILTER | Use.ANSWER:
            return {**outcome, use.value: evaluate_condition(program, event, other, now_ms=now_ms)}
        case Use.KEY:
            return {**outcome, use.value: _or_none(evaluate_key(program, event, now_ms=now_ms))}
        case Use.PRIORITY:
            return {**outcome, use.value: _or_none(evaluate_priority(program, event, now_ms=now_ms))}


def _or_none(found: str | int | ExprError) -> JsonValue:
    return None if isinstance(found, ExprError) else found


def _json(value: object) -> JsonValue:
    """A value as JSON; instants and durations as the texts that they print as."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_json(item) for item in value]
        case Mapping():
            return {str(key): _json(item) for key, item in value.items()}
        case _:
            return scalar_text(value)
