"""Walks syntax trees: the walks of `ast`, faster, in the order of the text, and without what runs elsewhere."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

__all__ = ["DEFERRED", "SCOPES", "NodesByKind", "by_kind", "children_of", "nodes_of", "statements_of"]

SCOPES: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
"""Statements whose insides do not run where they stand."""

DEFERRED: Final = SCOPES | {ast.Lambda}
"""The same, and the expression."""

NodesByKind: TypeAlias = Mapping[type[ast.AST], list[ast.AST]]
"""The nodes of a text, those of each kind in its order: who looks at them mostly wants few kinds."""

_NONE: Final[frozenset[type[ast.AST]]] = frozenset()

_TEXTS: Final = frozenset(
    ["arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "lineno", "module", "op", "ops"]
) | {"rest", "simple", "tag", "type_comment"}
"""Fields that never hold anything to visit."""

_HOLED: Final = frozenset({ast.Dict, ast.arguments})
"""Kinds in whose lists None may stand for a node that is not there."""

_TRY: Final = ("body", "handlers", "orelse", "finalbody")
_COMPOUND: Final[Mapping[type[ast.AST], tuple[str, ...]]] = {
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("body", "orelse")),
    **dict.fromkeys((ast.With, ast.AsyncWith, ast.ExceptHandler, ast.match_case), ("body",)),
    **dict.fromkeys((ast.Try, ast.TryStar), _TRY),
    ast.Match: ("cases",),
}
"""Where statements hold others, or what holds others in turn."""


def nodes_of(node: ast.AST, borders: frozenset[type[ast.AST]] = _NONE) -> list[ast.AST]:
    """A node and all below it; below those of the `borders` nothing."""
    found: list[ast.AST] = [node]
    waiting = children_of(node)
    waiting.reverse()
    while waiting:
        one = waiting.pop()
        found.append(one)
        kind = one.__class__
        if _FIELDS[kind] and kind not in borders:
            below = children_of(one)
            below.reverse()
            waiting += below
    return found


def by_kind(nodes: Iterable[ast.AST]) -> NodesByKind:
    """Sort nodes by what they are."""
    found: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    for node in nodes:
        found[node.__class__].append(node)
    return found


def children_of(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one."""
    found: list[ast.AST] = []
    kind = node.__class__
    for name in _FIELDS[kind]:
        value = getattr(node, name)
        if value.__class__ is list:
            found += value
        elif value is not None:
            found.append(value)
    return list(filter(None, found)) if kind in _HOLED else found


def statements_of(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Statements and those nested in them, but not those of functions and classes."""
    found: list[ast.stmt] = []
    _gather(body, found)
    return found


def _gather(parts: Iterable[ast.AST], found: list[ast.stmt]) -> None:
    for part in parts:
        if isinstance(part, ast.stmt):
            found.append(part)
        for name in _COMPOUND.get(part.__class__, ()):
            _gather(getattr(part, name), found)


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields that can hold nodes, nothing else among them."""
    if issubclass(kind, ast.Constant | ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom):
        return ()
    skipped = _TEXTS if kind.__name__ == "TypeAlias" else _TEXTS | {"name"}  # only of an alias the name is a node
    if issubclass(kind, ast.MatchClass):
        skipped |= {"kwd_attrs"}
    if issubclass(kind, ast.MatchSingleton):
        skipped |= {"value"}
    return tuple(name for name in kind._fields if name not in skipped)


_FIELDS: Final = {
    kind: _fields_of(kind) for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The fields that may hold nodes, by kind of node."""
