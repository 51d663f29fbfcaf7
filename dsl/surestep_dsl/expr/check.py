"""Checking an expression against all events it may meet.

An expression is checked against each combination on its own. A field missing on all of them is an error; missing on
some, it depends on the use. A value that can occur on one of them can occur.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr.checker import Checker
from surestep_dsl.expr.findings import Findings
from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.scope import Scope, Use
from surestep_dsl.expr.static_types import Type, join_types
from surestep_dsl.expr.syntax import Conditional, Expression, Literal, Node
from surestep_dsl.expr.values import Kind
from surestep_dsl.limits import MAX_PRIORITY_SECONDS

__all__ = ["check_expression", "expression_type"]

_CONTAINERS: Final = frozenset({Kind.LIST, Kind.MAP})


def check_expression(expression: Expression, scopes: Sequence[Scope], use: Use | None) -> tuple[Problem, ...]:
    """All problems of an expression, by place; none twice.

    Args:
        expression: a text that parsed.
        scopes: each combination of events that it may meet, at least one.
        use: what the result is for; None where it may be anything.
    """
    found: list[Problem] = []
    walks: list[Findings] = []
    for scope in scopes:
        checker = Checker(expression.text, scope, refuse_sensitive=use is Use.KEY)
        of = checker.check(expression.root)
        walks.append(checker.findings)
        found += checker.findings.problems
        found += [] if use is None else _result_problems(expression.root, of, use)
    found += _missing_problems(walks, scopes, Severity.WARNING if use is Use.ANSWER else Severity.ERROR)
    found += _impossible_problems(walks)
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: (problem.start, problem.end, problem.code)))


def expression_type(expression: Expression, scopes: Sequence[Scope]) -> Type:
    """What the value of an expression can be, on any of the events; `ANY` where it contains a fault."""
    checkers = [Checker(expression.text, scope, refuse_sensitive=False) for scope in scopes]
    return join_types(checker.check(expression.root) for checker in checkers)


def _missing_problems(walks: list[Findings], scopes: Sequence[Scope], on_some: Severity) -> list[Problem]:
    found: list[Problem] = []
    sound = {place for walk in walks for place in walk.sound}
    for place, problem in {place: item for walk in walks for place, item in walk.tested.items()}.items():
        if place not in sound:
            found.append(problem)
    for place, problem in {place: item for walk in walks for place, item in walk.missing.items()}.items():
        if place not in sound:
            found.append(problem)
            continue
        lacking = sorted({scope.event.name for walk, scope in zip(walks, scopes, strict=True) if place in walk.missing})
        message = f"{problem.message} on {', '.join(f'`{name}`' for name in lacking)}"
        hint = "put it behind `has()`"
        found.append(replace(problem, code="E203", severity=on_some, message=message, hint=hint))
    return found


def _impossible_problems(walks: list[Findings]) -> list[Problem]:
    possible = {place for walk in walks for place in walk.possible}
    return [problem for walk in walks for place, problem in walk.impossible.items() if place not in possible]


def _result_problems(root: Node, of: Type, use: Use) -> list[Problem]:
    fits, wanted, hint = _wanted(of, use)
    if not fits:
        return [find("E303", f"{wanted}, this is {of}", root.start, root.end, hint)]
    return _range_problems(root) if use is Use.PRIORITY else []


def _wanted(of: Type, use: Use) -> tuple[bool, str, str]:
    match use:
        case Use.FILTER | Use.ANSWER:
            return bool(of.kinds & {Kind.BOOL, Kind.DYN}), "a condition is a boolean", "compare it with something"
        case Use.KEY:
            return not of.kinds & _CONTAINERS, "a key is a scalar", "select a field of it"
        case Use.PRIORITY:
            return of.kinds <= {Kind.INT, Kind.DYN}, "a priority is a whole number", "convert with `int()`"


def _range_problems(node: Node) -> list[Problem]:
    match node:
        case Conditional(then=then, otherwise=otherwise):
            return _range_problems(then) + _range_problems(otherwise)
        case Literal(value=int(value)) if abs(value) > MAX_PRIORITY_SECONDS:
            message = f"a priority lies between -{MAX_PRIORITY_SECONDS} and {MAX_PRIORITY_SECONDS} seconds"
            return [find("E308", message, node.start, node.end)]
        case _:
            return []
