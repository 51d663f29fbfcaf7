"""Texts that are a language of their own: durations, and what waits compare; what is wrong with them, or None."""

from itertools import product

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

__all__ = ["find_duration_problem", "find_if_problem", "find_match_problem", "literal_text"]


def literal_text(found: Type) -> str | None:
    """The text that a value is, where mypy knows it: a literal, or a constant that stands for one."""
    proper = get_proper_type(found)
    literal = proper.last_known_value if isinstance(proper, Instance) else proper
    return literal.value if isinstance(literal, LiteralType) and isinstance(literal.value, str) else None


def find_duration_problem(text: str) -> str | None:
    """A text must be a duration."""
    return None if parse_duration(text) is not None else f"{text!r} is no duration; {DURATION_HINT}"


def find_match_problem(text: str, triggers: tuple[str, ...], awaited: tuple[str, ...], events: Events) -> str | None:
    """A path must be one of the awaited event, and of every trigger where they are known."""
    path = parse_match(text)
    if isinstance(path, Problem):
        return _say(path)
    scopes = _scopes(triggers or awaited, awaited, events)
    return _first(check_match(path, scopes)) if scopes else None


def find_if_problem(text: str, triggers: tuple[str, ...], awaited: tuple[str, ...], events: Events) -> str | None:
    """A condition must be an expression, and one over the trigger and the awaited event where both are known."""
    expression = parse_expression(text)
    if not isinstance(expression, Expression):
        return _say(expression)
    scopes = _scopes(triggers, awaited, events)
    return _first(check_expression(expression, scopes, Use.ANSWER)) if scopes else None


def _scopes(triggers: tuple[str, ...], awaited: tuple[str, ...], events: Events) -> tuple[Scope, ...]:
    """Each trigger with each awaited event; none where one of them is declared nowhere."""
    known = events.scopes
    if events.project is None or not known.keys() >= {*triggers, *awaited}:
        return ()
    return tuple(Scope(known[one], known[other], events.project.types) for one, other in product(triggers, awaited))


def _first(problems: tuple[Problem, ...]) -> str | None:
    return next((_say(problem) for problem in problems if problem.severity is Severity.ERROR), None)


def _say(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}" if problem.hint else problem.message
