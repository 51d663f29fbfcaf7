"""What waits compare, and what is wrong with it; imports the language of expressions, which few modules need."""

from itertools import product
from typing import TypeAlias

from surestep_codegen.mypy_plugin.events import Events
from surestep_codegen.mypy_plugin.literals import Mistake
from surestep_dsl.diagnostics import Severity
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

__all__ = ["Names", "find_if_mistake", "find_match_mistake"]

Names: TypeAlias = tuple[str, ...]
"""Of events."""


def find_match_mistake(text: str, triggers: Names, awaited: Names, events: Events) -> Mistake | None:
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
