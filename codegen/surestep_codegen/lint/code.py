"""The text of one function that uses steps, as rules look at it."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple, TypeVar, cast

from surestep_codegen.lint.handlers import Definition
from surestep_codegen.lint.names import Scope
from surestep_codegen.lint.tree import DEFERRED, SCOPES, NodesByKind, by_kind, nodes_of

__all__ = [
    "MUTATING",
    "MUTATORS",
    "ORDER_FREE",
    "ORDER_KEEPING",
    "StepCall",
    "StepCode",
    "as_step",
    "mutations_among",
    "read_step_code",
    "root_name",
]

Node = TypeVar("Node", bound=ast.AST)

MUTATORS: Final = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)
"""Methods by which lists, dicts, sets and deques change."""

ORDER_FREE: Final = frozenset({"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"})
"""What these are given may come in any order; of equal ones, `max` and `min` give the first."""

ORDER_KEEPING: Final = frozenset({"filter", "list", "map", "tuple"})
"""What these give shows the order of what they are given, and nothing else of it."""

_WITHOUT_ID: Final = frozenset({"gather", "race", "options", "version"})
_WITH_ID: Final = frozenset({"run", "sleep", "sleep_until", "wait_for_event", "invoke", "send_event"})


class StepCall(NamedTuple):
    """A call that makes a step.

    Attributes:
        method: `run`, `sleep`, ... or the method of a declared step.
        id: the expression of its id; None for a declared step.
        body: what it runs, where that is a function.
        arguments: what the body is called with.
    """

    call: ast.Call
    method: str
    id: ast.expr | None
    body: ast.expr | None
    arguments: tuple[ast.expr, ...]


@dataclass(frozen=True, slots=True)
class StepCode:
    """A handler, or a function that is given `step`; its nodes are collected once, as every rule asks for them.

    Attributes:
        scope: of its body.
        steps: names that stand for `step` in it.
        containers: global names of the module that hold a list, dict or set.
        step_calls: the steps it makes.
        nested_functions: those defined inside of it.
    """

    node: Definition
    scope: Scope
    steps: frozenset[str]
    containers: frozenset[str]
    step_calls: tuple[StepCall, ...]
    nested_functions: Mapping[str, Definition]
    _every: NodesByKind
    _own: NodesByKind

    def every(self, *kinds: type[Node]) -> Iterator[Node]:
        """All nodes of some kinds, kind by kind in the order of the text."""
        return _of_kinds(self._every, kinds)

    def own(self, *kinds: type[Node]) -> Iterator[Node]:
        """The same of those that run as part of it: neither in nested functions nor in bodies of steps."""
        return _of_kinds(self._own, kinds)

    def body_code(self, step: StepCall) -> Definition | ast.Lambda | None:
        """The text of a step's body, where it stands in this function."""
        match step.body:
            case ast.Lambda() as found:
                return found
            case ast.Name(id=name):
                return self.nested_functions.get(name)
            case _:
                return None


def read_step_code(node: Definition, scope: Scope, steps: frozenset[str], containers: frozenset[str]) -> StepCode:
    """Collect what rules look at."""
    every = by_kind(nodes_of(node)[1:])
    is_flat = DEFERRED.isdisjoint(every)
    outer = every if is_flat else by_kind(nodes_of(node, DEFERRED)[1:])
    found = (as_step(call, steps) for call in _of_kinds(outer, (ast.Call,)))
    calls = tuple(call for call in found if call is not None)
    own = every if is_flat else by_kind(nodes_of(node, SCOPES)[1:])
    lambdas = (call.body for call in calls if call.body is not None and not isinstance(call.body, ast.Name))
    bodies = {one for body in lambdas for one in nodes_of(body)}
    own = {**own, **{kind: [one for one in own[kind] if one not in bodies] for kind in set(map(type, bodies))}}
    scopes = (one for kind in SCOPES for one in every.get(kind, ()))
    nested = {one.name: one for one in scopes if isinstance(one, Definition)}
    return StepCode(node, scope, steps, containers, calls, nested, every, own)


def _of_kinds(nodes: NodesByKind, kinds: Iterable[type[Node]]) -> Iterator[Node]:
    return cast("Iterator[Node]", chain.from_iterable(nodes.get(kind, ()) for kind in kinds))


def as_step(call: ast.Call, steps: frozenset[str]) -> StepCall | None:
    """The step that a call makes, if it makes one."""
    if root_name(call.func) not in steps or isinstance(call.func, ast.Name):
        return None
    if not isinstance(call.func, ast.Attribute):  # a declared step whose key has been given
        return StepCall(call, "", None, call.args[0] if call.args else None, tuple(call.args[1:]))
    method = call.func.attr
    if method in _WITHOUT_ID:
        return None
    if method in _WITH_ID:
        body = call.args[1] if method == "run" and len(call.args) > 1 else None
        return StepCall(call, method, call.args[0] if call.args else None, body, tuple(call.args[2:]))
    first = call.args[0] if call.args and isinstance(call.args[0], ast.Lambda | ast.Name | ast.Attribute) else None
    return StepCall(call, method, None, first, tuple(call.args[1:]))


def root_name(node: ast.expr) -> str:
    """The name that a chain of attributes, items and calls begins with; empty where it begins with something else."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=below) | ast.Call(func=below) | ast.Subscript(value=below):
                node = below
            case _:
                return ""
    return node.id


MUTATING: Final = (ast.Assign, ast.Delete, ast.AugAssign, ast.AnnAssign, ast.Call)
"""Nodes that may change something in place."""


def mutations_among(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, str, bool]]:
    """What nodes change in place: where, the name at its root, and whether only a method's name tells so."""
    for node in nodes:
        if isinstance(node, MUTATING):
            yield from _mutated_names(node)


def _mutated_names(node: ast.AST) -> Iterator[tuple[ast.expr, str, bool]]:
    match node:
        case ast.Call(func=function):
            if isinstance(function, ast.Attribute) and function.attr in MUTATORS and root_name(function.value):
                yield function.value, root_name(function.value), True
        case ast.Assign(targets=[ast.Name()]):
            pass
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                yield from _changed(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from _changed(target)
        case _:
            pass


def _changed(target: ast.expr) -> Iterator[tuple[ast.expr, str, bool]]:
    if isinstance(target, ast.Attribute | ast.Subscript) and root_name(target):
        yield target, root_name(target), False
    for part in getattr(target, "elts", ()):
        yield from _changed(part)
