"""Texts that are a language of their own: durations, and what waits compare, and what is wrong with them."""

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from mypy.types import Instance, LiteralType, Type, get_proper_type

from surestep_codegen.mypy_plugin.events import Events
from surestep_dsl.diagnostics import Severity
from surestep_dsl.duration import DURATION_HINT, parse_duration
from surestep_dsl.expr import (
    Expression,
    Problem,
    Scope,
    Use,
    check_expression,
    check_match,
    parse_expression,
    parse_match,
)

__all__ = ["Mistake", "Names", "find_duration_mistake", "find_if_mistake", "find_match_mistake", "literal_text"]

Names: TypeAlias = tuple[str, ...]
"""Of events."""


def literal_text(found: Type) -> str | None:
    """The text that a value is, where mypy knows it: a literal, or a constant that stands for one."""
    proper = get_proper_type(found)
    literal = proper.last_known_value if isinstance(proper, Instance) else proper
    return literal.value if isinstance(literal, LiteralType) and isinstance(literal.value, str) else None


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a text, in one sentence; less than an error is what may be meant so."""

    message: str
    severity: Severity = Severity.ERROR


def find_duration_mistake(text: str) -> Mistake | None:
    """A text must be a duration."""
    return None if parse_duration(text) is not None else Mistake(f"{text!r} is no duration; {DURATION_HINT}")


def find_match_mistake(
    text: str, triggers: tuple[str, ...], awaited: tuple[str, ...], events: Events
) -> Mistake | None:
    """A path must be one of the awaited event, and of every trigger where they are known."""
    path = parse_match(text)
    if isinstance(path, Problem):
        return _mistake(path)
    scopes = _scopes(triggers or awaited, awaited, events)
    return _worst(check_match(path, scopes)) if scopes else None


def find_if_mistake(text: str, triggers: Names, awaited: Names, events: Events) -> Mistake | None:
    """A condition must be an expression, and one over the trigger and the awaited event where both are known."""
    expression = parse_expression(text)
    if not isinstance(expression, Expression):
        return _mistake(expression)
    scopes = _scopes(triggers, awaited, events)
    return _worst(check_expression(expression, scopes, Use.ANSWER)) if scopes else None


def _scopes(triggers: Names, awaited: Names, events: Events) -> tuple[Scope, ...]:
    """Each trigger with each awaited event; none where one of them is declared nowhere."""
    known = events.scopes
    if events.project is None or not known.keys() >= {*triggers, *awaited}:
        return ()
    return tuple(Scope(known[one], known[other], events.project.types) for one, other in product(triggers, awaited))


def _worst(problems: tuple[Problem, ...]) -> Mistake | None:
    """The first error, or else the first warning."""
    found = [_mistake(problem) for problem in problems]
    return next((one for one in found if one.severity is Severity.ERROR), next(iter(found), None))


def _mistake(problem: Problem) -> Mistake:
    text = f"{problem.code} {problem.message}"
    return Mistake(f"{text}; {problem.hint}" if problem.hint else text, problem.severity)
