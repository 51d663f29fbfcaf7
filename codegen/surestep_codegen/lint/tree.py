"""Walks syntax trees: the walks of `ast`, faster, in the order of the text, and without what runs elsewhere."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["SCOPES", "FunctionNodes", "children_of", "collect_nodes", "nodes_of", "statements_of"]

SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Statements whose insides do not run where they stand."""

_TEXTS: Final = frozenset(
    ["arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "lineno", "module", "op", "ops"]
) | {"rest", "simple", "tag", "type_comment"}
"""Fields that never hold anything to visit."""


_FIELDS: Final[dict[type[ast.AST], tuple[str, ...]]] = {}
"""Those that may hold nodes, by kind of node; filled as kinds are met."""

_COMPOUND: Final = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match),
)


@dataclass(frozen=True, slots=True)
class FunctionNodes:
    """The nodes of a function, in the order of its text.

    Attributes:
        every: all of them, the function's own first.
        own: those that run as part of it; of functions, classes and lambdas in it only the top node.
        deferred: the same with the insides of lambdas.
    """

    every: list[ast.AST]
    own: list[ast.AST]
    deferred: list[ast.AST]


def collect_nodes(function: ast.AST) -> FunctionNodes:
    """Walk a function, mostly once: few functions have others in them."""
    every = nodes_of(function)
    inner = {type(node) for node in every[1:]}
    if inner.isdisjoint((*SCOPES, ast.Lambda)):
        return FunctionNodes(every, every[1:], every[1:])
    own = _collect(function, (*SCOPES, ast.Lambda))
    return FunctionNodes(every, own[1:], _collect(function, SCOPES)[1:] if ast.Lambda in inner else own[1:])


def nodes_of(node: ast.AST) -> list[ast.AST]:
    """A node and all below it."""
    return _collect(node, ())


def children_of(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one."""
    found: list[ast.AST | None] = []
    kind = type(node)
    if kind not in _FIELDS:
        _FIELDS[kind] = _fields_of(kind)
    for name in _FIELDS[kind]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += value
        elif value is not None:
            found.append(value)
    return [one for one in found if one is not None]


def statements_of(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements and those nested in them, but not those of functions and classes."""
    for node in body:
        yield node
        if isinstance(node, _COMPOUND):
            yield from (one for one in _collect(node, SCOPES)[1:] if isinstance(one, ast.stmt))


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields that can hold nodes, nothing else among them."""
    if issubclass(kind, ast.Constant | ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom):
        return ()
    named = issubclass(kind, (*SCOPES, ast.ExceptHandler, ast.MatchAs, ast.MatchStar))
    skipped = _TEXTS | ({"name"} if named else frozenset())
    if issubclass(kind, ast.MatchClass):
        skipped |= {"kwd_attrs"}
    if issubclass(kind, ast.MatchSingleton):
        skipped |= {"value"}
    return tuple(name for name in kind._fields if name not in skipped)


def _collect(node: ast.AST, borders: tuple[type[ast.AST], ...]) -> list[ast.AST]:
    """A node and those below it; below those of the `borders` nothing."""
    found: list[ast.AST] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        if not isinstance(one, borders) or one is node:
            below = children_of(one)
            below.reverse()
            waiting += below
    return found
