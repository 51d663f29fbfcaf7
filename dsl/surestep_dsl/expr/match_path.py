"""`match: data.a.b`, which is `event.data.a.b == async.data.a.b` except that a missing side never matches."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr.checker import Checker
from surestep_dsl.expr.operator_types import can_equal
from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.scope import Scope
from surestep_dsl.expr.static_types import Type
from surestep_dsl.expr.syntax import Name, Node, Select
from surestep_dsl.expr.values import Kind
from surestep_dsl.json_text import canonical_scalar

__all__ = ["MatchPath", "check_match", "match_value_at", "parse_match"]

_PREFIX: Final = "data."
_PATH: Final = re.compile(r"data(\.[A-Za-z_][A-Za-z0-9_]*){1,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MatchPath:
    """A path to a field of both events; `fields` begins with `data`."""

    text: str
    fields: tuple[str, ...]


def parse_match(text: str) -> MatchPath | Problem:
    """The path that `text` is, or what keeps it from being one."""
    if _PATH.fullmatch(text):
        return MatchPath(text, tuple(text.split(".")))
    hint = "write for instance `data.orderId`"
    rest = text.partition(".")[2]
    if text.startswith(("event.", "async.")) and _PATH.fullmatch(rest):
        hint = f"write `{rest}`"
    return find("E207", f"`{text[:100]}` is not a path to a field of `data`", 0, len(text), hint)


def check_match(path: MatchPath, scopes: Sequence[Scope]) -> tuple[Problem, ...]:
    """All problems of a match, each of whose scopes has both events."""
    found: list[Problem] = []
    sides: list[tuple[Type, Type]] = []
    missing: list[Problem | None] = []
    for scope in scopes:
        event, event_problems, absent = _side(path, scope, "event")
        other, other_problems, other_absent = _side(path, scope, "async")
        found += event_problems + other_problems
        found += [] if other_absent is None else [_named(other_absent, scope, "async")]
        missing.append(None if absent is None else _named(absent, scope, "event"))
        sides.append((event, other))
    found += _missing_problems(missing)
    found += [problem for one, other in sides for problem in _type_problems(path, one, other)]
    return tuple(dict.fromkeys(found))


def match_value_at(data: Mapping[str, object], path: str) -> str | None:
    """The canonical JSON of the scalar at `path`; None where there is none, and None never matches.

    Two events match where their texts are equal, so an index can find them.

    Args:
        data: an event's data, decoded.
        path: `data.` and the names of fields, for example `data.order.id`.
    """
    if not path.startswith(_PREFIX):
        return None
    found: object = data
    for name in path.removeprefix(_PREFIX).split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return canonical_scalar(found)


def _side(path: MatchPath, scope: Scope, root: str) -> tuple[Type, list[Problem], Problem | None]:
    checker = Checker(path.text, scope, refuse_sensitive=True)
    node: Node = Name(root, 0, 0)
    end = -1
    for field in path.fields:
        end += 1 + len(field)
        node = Select(node, field, 0, end)
    of = checker.check(node)
    return of, checker.findings.problems, next(iter(checker.findings.missing.values()), None)


def _named(problem: Problem, scope: Scope, root: str) -> Problem:
    event = scope.other if root == "async" and scope.other is not None else scope.event
    return replace(problem, message=f"{problem.message} on `{event.name}`")


def _missing_problems(missing: list[Problem | None]) -> list[Problem]:
    found = [problem for problem in missing if problem is not None]
    if len(found) == len(missing):
        return found
    return [replace(problem, code="E405", severity=Severity.WARNING) for problem in found]


def _type_problems(path: MatchPath, one: Type, other: Type) -> list[Problem]:
    for of in (one, other):
        if of.kinds & {Kind.LIST, Kind.MAP}:
            return [find("E303", f"a match compares scalars, this is {of}", 0, len(path.text))]
    if not can_equal(one.kinds, other.kinds):
        return [find("E301", f"{one} and {other} never match", 0, len(path.text))]
    return []
