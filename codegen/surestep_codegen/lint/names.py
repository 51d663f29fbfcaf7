"""What names stand for inside one module: imports, definitions, aliases, and the classes of simple variables."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.lint.tree import statements_of

__all__ = ["Scope", "module_scope"]

_BUILTINS: Final = frozenset(vars(builtins))
_FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_UNKNOWN: Final = ""
"""Stands for a name that is bound to something nobody can tell."""


@dataclass(slots=True)
class Scope:
    """The names of a module or function.

    Attributes:
        package: what relative imports start from.
        names: what they stand for, as dotted names; empty where nobody can tell.
        types: dotted names of the classes that variables are instances of.
        outer: where to look for other names.
    """

    package: str = ""
    names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    outer: "Scope | None" = None

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted name of what an expression stands for."""
        match node:
            case ast.Name(id=name):
                return self._lookup(name)
            case ast.Attribute(value=value, attr=attribute):
                owner = self.type_of(value) or self.resolve(value)
                return f"{owner}.{attribute}" if owner else None
            case ast.Call(func=function, args=[first, *_]) if self.resolve(function) == "functools.partial":
                return self.resolve(first)
            case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attribute)), *_]):
                owner = self.resolve(value)
                return f"{owner}.{attribute}" if owner else None
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.resolve(value) if isinstance(node, ast.NamedExpr) else None
            case _:
                return None

    def type_of(self, node: ast.expr) -> str | None:
        """The dotted name of the class that an expression's value is an instance of, where that is plain."""
        match node:
            case ast.Name(id=name):
                return self._lookup_type(name)
            case ast.Call(func=function):
                called = self.resolve(function)
                return called if called and _is_class_name(called) else None
            case ast.BinOp(left=left, op=ast.Div()):
                return self.type_of(left)
            case ast.NamedExpr(value=value):
                return self.type_of(value)
            case _:
                return None

    def is_local(self, name: str) -> bool:
        """Whether a name is bound in a function rather than in the module."""
        return self.outer is not None and (name in self.names or self.outer.is_local(name))

    def enter(self, function: _FunctionNode, statements: Iterable[ast.AST] | None = None) -> "Scope":
        """The scope of a function that lies in this one; who has its statements already saves the search."""
        inner = Scope(self.package, outer=self)
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        for argument in every:
            inner.names[argument.arg] = _UNKNOWN
            inner.note_type(argument.arg, argument.annotation)
        if not isinstance(function, ast.Lambda):
            inner.bind_all(statements_of(function.body) if statements is None else statements)
        return inner

    def bind_all(self, statements: Iterable[ast.AST]) -> None:
        """Bind what statements assign; a name bound more than once stands for nothing that can be told."""
        seen: set[str] = set()
        for name, value, annotation in _bindings(statements, self.package):
            is_first = name not in seen
            seen.add(name)
            self.types.pop(name, None)
            self.names[name] = _UNKNOWN
            if is_first:
                self.note_type(name, annotation)
                self._note_value(name, value)

    def _note_value(self, name: str, value: ast.expr | str | None) -> None:
        if isinstance(value, str):
            self.names[name] = value
        elif value is not None:
            self.names[name] = self.resolve(value) or _UNKNOWN
            if found := self.type_of(value):
                self.types[name] = found

    def note_type(self, name: str, annotation: ast.expr | None) -> None:
        """Remember what class an annotation tells of."""
        if isinstance(annotation, ast.Name | ast.Attribute):
            found = self.resolve(annotation)
            if found and _is_class_name(found):
                self.types[name] = found

    def _lookup(self, name: str) -> str | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name] or None
            scope = scope.outer
        return name if name in _BUILTINS else None

    def _lookup_type(self, name: str) -> str | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.types.get(name)
            scope = scope.outer
        return None


def module_scope(tree: ast.Module, module: str, *, is_package: bool) -> Scope:
    """The global names of a module."""
    scope = Scope(module if is_package else module.rpartition(".")[0])
    for name, value, _ in _bindings(statements_of(tree.body), scope.package):  # a definition may use those below it
        scope.names[name] = value if isinstance(value, str) else f"{module}.{name}"
    own = dict(scope.names)
    scope.bind_all(statements_of(tree.body))
    for name, target in scope.names.items():
        scope.names[name] = target or own[name]
    return scope


def _is_class_name(dotted: str) -> bool:
    return dotted.rpartition(".")[2].lstrip("_")[:1].isupper()


def _bindings(
    statements: Iterable[ast.AST], package: str
) -> Iterator[tuple[str, ast.expr | str | None, ast.expr | None]]:
    """Names that statements bind, with their value or what they import, and their annotation."""
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value, None
            case ast.AnnAssign(target=ast.Name(id=name), value=value, annotation=annotation):
                yield name, value, annotation
            case ast.With(items=items) | ast.AsyncWith(items=items):
                targets = (item.optional_vars for item in items if item.optional_vars is not None)
                yield from ((name, None, None) for target in targets for name in _names_in(target))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, None, None
            case ast.Import() | ast.ImportFrom():
                yield from ((name, target, None) for name, target in _imports(node, package))
            case ast.Assign() | ast.AugAssign() | ast.For() | ast.AsyncFor():
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    yield from ((name, None, None) for name in _names_in(target))
            case _:
                pass


def _names_in(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _imports(node: ast.stmt, package: str) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        case ast.ImportFrom(module=module, names=names, level=level):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - level + 1]) if level else ""
            origin = ".".join(part for part in (base, module or "") if part)
            for alias in names:
                yield alias.asname or alias.name, f"{origin}.{alias.name}"
        case _:
            pass
