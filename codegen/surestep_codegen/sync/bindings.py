"""What the names of a module mean: which are imported from where, which have more than one meaning.

Reads syntax only. What a star import brings, what a condition leaves out and what is bound twice is not guessed.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from surestep_codegen.sync.source_file import SourceFile

__all__ = ["Binding", "Names", "dotted", "find_names", "imported_module"]

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Binding:
    """A place where a module's name gets a value.

    Attributes:
        target: the dotted name of what is imported; None for everything else.
        statement: the import, or None.
        alias: its part.
    """

    target: str | None
    statement: ast.Import | ast.ImportFrom | None
    alias: ast.alias | None


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a module; `star` is a star import, if there is one."""

    bound: Mapping[str, tuple[Binding, ...]]
    star: ast.ImportFrom | None

    def targets(self, name: str) -> set[str | None]:
        """All that a name may mean; empty where nothing here binds it."""
        return {binding.target for binding in self.bound.get(name, ())}

    def imports(self) -> Iterator[tuple[str, Binding]]:
        """Local names that are imported and never bound otherwise."""
        for name, bindings in self.bound.items():
            if len({binding.target for binding in bindings}) == 1 and bindings[0].target is not None:
                yield name, bindings[0]


def dotted(node: ast.expr) -> list[str]:
    """The parts of `a.b.c`; empty for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [*reversed([*parts, node.id])] if isinstance(node, ast.Name) else []


def find_names(file: SourceFile) -> Names:
    """The names of a module."""
    bound: dict[str, list[Binding]] = {}
    stars: list[ast.ImportFrom] = []
    for node in (*_walk(file.tree), *_declared_global(file.tree)):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            stars.append(node)
        for name, binding in _bindings(node, file.package):
            bound.setdefault(name, []).append(binding)
    return Names({name: tuple(bindings) for name, bindings in bound.items()}, stars[0] if stars else None)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a scope; of inner scopes only what names them."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _walk(child)


def _declared_global(tree: ast.Module) -> Iterable[ast.AST]:
    """Names that functions bind in their module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Global))


def _bindings(node: ast.AST, package: str) -> Iterator[tuple[str, Binding]]:
    other = Binding(None, None, None)
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or target, Binding(target, node, alias)
        case ast.ImportFrom(names=aliases):
            for alias in aliases:
                target = f"{imported_module(node, package)}.{alias.name}"
                yield alias.asname or alias.name, Binding(target, node, alias)
        case ast.FunctionDef(name=str() as name) | ast.AsyncFunctionDef(name=str() as name):
            yield name, other
        case ast.ClassDef(name=str() as name) | ast.ExceptHandler(name=str() as name):
            yield name, other
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            yield name, other
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name, other
        case ast.Global(names=names):
            for name in names:
                yield name, other
        case _:
            pass


def imported_module(node: ast.ImportFrom, package: str) -> str:
    """The full name of the module that a statement imports from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
