"""What names stand for inside one module: imports, definitions, aliases, and the classes of simple variables."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.lint.facts import RESULT
from surestep_codegen.lint.tree import statements_of

__all__ = ["Scope", "module_scope", "star_modules"]

_BUILTINS: Final = frozenset(vars(builtins))
_FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_Binding: TypeAlias = tuple[str, ast.expr | str | None, ast.expr | None]
"""A name that a statement binds, with its value or what it imports, and its annotation."""

_TRANSPARENT: Final = frozenset({"functools.partial", "staticmethod", "classmethod"})
"""What they are called with is what their results call."""

_BINDING: Final = frozenset(
    [ast.Assign, ast.AnnAssign, ast.AugAssign, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor]
) | {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom}
"""Statements that bind names."""

_WRAPPED: Final = frozenset({"typing.Optional", "typing.Annotated", "typing.Final", "typing.ClassVar"})

_UNKNOWN: Final = ""
"""Stands for a name that is bound to something nobody can tell."""


@dataclass(slots=True)
class Scope:
    """The names of a module or function.

    Attributes:
        package: what relative imports start from.
        names: what they stand for, as dotted names; empty where nobody can tell.
        types: dotted names of the classes that variables are instances of, or of the functions whose results they are.
        outer: where to look for other names.
        star_home: the module, where it imports all names of another, so that any name may come from there.
    """

    package: str = ""
    names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    outer: "Scope | None" = None
    star_home: str = ""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted name of what an expression stands for."""
        match node:
            case ast.Name(id=name):
                return self.lookup(name)
            case ast.Attribute(value=value, attr=attribute):
                owner = self.type_of(value) or self.resolve(value)
                return f"{owner}.{attribute}" if owner else None
            case ast.Call(func=function, args=[first, *_]) if self.resolve(function) in _TRANSPARENT:
                return self.resolve(first)
            case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attribute)), *_]):
                owner = self.resolve(value)
                return f"{owner}.{attribute}" if owner else None
            case ast.NamedExpr(value=value):
                return self.resolve(value)
            case _:
                return None

    def type_of(self, node: ast.expr) -> str | None:
        """The dotted name of the class that an expression's value is an instance of, where that is plain.

        Of a call that is not plainly that of a class, it is the name of the function, marked as its result.
        """
        match node:
            case ast.Name(id=name):
                return self._lookup_type(name)
            case ast.Call(func=function):
                called = self.resolve(function)
                return called if not called or _is_class_name(called) else f"{called}{RESULT}"
            case ast.BinOp(left=left, op=ast.Div()):
                return self.type_of(left)
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.type_of(value)
            case _:
                return None

    def class_in(self, annotation: ast.expr | None) -> str | None:
        """The class that an annotation tells of, `None` beside it left out."""
        match annotation:
            case ast.Name() | ast.Attribute():
                return self.resolve(annotation)
            case ast.Subscript(value=value, slice=inner):
                outer = self.resolve(value)
                return self.class_in(inner) if outer in _WRAPPED else outer
            case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
                return self.class_in(left)
            case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
                return self.class_in(right)
            case ast.Constant(value=str(text)):
                return self.lookup(text) if text.isidentifier() else self.class_in(_parse_annotation(text))
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
            found = statements_of(function.body) if statements is None else statements
            inner.bind_all(_bindings(found, self.package))
        return inner

    def bind_all(self, bindings: Iterable[_Binding]) -> None:
        """Bind what is assigned; a name bound to different things stands for nothing that can be told.

        Of imports that stand in for each other, as in `try: ... except ImportError: ...`, the first holds.
        """
        imported: set[str] = set()
        seen: set[str] = set()
        for name, value, annotation in bindings:
            if name in imported and (isinstance(value, str) or _is_none(value)):
                continue
            is_first = name not in seen
            seen.add(name)
            if isinstance(value, str) and is_first:
                imported.add(name)
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
            if (found := self.type_of(value)) and name not in self.types:
                self.types[name] = found

    def note_type(self, name: str, annotation: ast.expr | None) -> None:
        """Remember what class an annotation tells of."""
        found = None if annotation is None else self.class_in(annotation)
        if found and _is_class_name(found):
            self.types[name] = found

    def holds(self, targets: frozenset[str]) -> bool:
        """Whether some name, here or around, stands for one of these."""
        scope: Scope | None = self
        while scope is not None and targets.isdisjoint(scope.names.values()):
            scope = scope.outer
        return scope is not None

    def lookup(self, name: str) -> str | None:
        """The dotted name of what a name stands for."""
        scope = self
        while (found := scope.names.get(name)) is None and scope.outer is not None:
            scope = scope.outer
        if found is not None:
            return found or None
        if name in _BUILTINS:
            return name
        return f"{scope.star_home}.{name}" if scope.star_home else None

    def _lookup_type(self, name: str) -> str | None:
        scope = self
        while name not in scope.names and scope.outer is not None:
            scope = scope.outer
        return scope.types.get(name) if name in scope.names else None


def module_scope(statements: Sequence[ast.stmt], module: str, *, is_package: bool) -> Scope:
    """The global names of a module."""
    scope = Scope(module if is_package else module.rpartition(".")[0])
    if any(star_modules(statements, scope.package)):
        scope.star_home = module
    bindings = list(_bindings(statements, scope.package))
    for name, value, _ in bindings:  # a definition may use those below it
        scope.names[name] = value if isinstance(value, str) else f"{module}.{name}"
    own = dict(scope.names)
    scope.bind_all(bindings)
    for name, target in scope.names.items():
        scope.names[name] = target or own[name]
    return scope


def _is_class_name(dotted: str) -> bool:
    return dotted.rpartition(".")[2].lstrip("_")[:1].isupper()


def _bindings(statements: Iterable[ast.AST], package: str) -> Iterator[_Binding]:
    for node in statements:
        if node.__class__ not in _BINDING:
            continue
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value, None
            case ast.ImportFrom() | ast.Import():
                yield from _imports(node, package)
            case ast.AnnAssign(target=ast.Name(id=name), value=value, annotation=annotation):
                yield name, value, annotation
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, None, None
            case ast.With(items=items) | ast.AsyncWith(items=items):
                yield from (bound for item in items for bound in _managed(item))
            case ast.Assign() | ast.AugAssign() | ast.For() | ast.AsyncFor():
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    yield from ((name, None, None) for name in _names_in(target))
            case _:
                pass


def _managed(item: ast.withitem) -> Iterator[_Binding]:
    """Most managers give themselves, or what has their methods."""
    match item.optional_vars:
        case None:
            pass
        case ast.Name(id=name):
            yield name, item.context_expr, None
        case target:
            yield from ((name, None, None) for name in _names_in(target))


def _parse_annotation(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _is_none(value: ast.expr | str | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _names_in(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            yield from (name for part in parts for name in _names_in(part))
        case ast.Starred(value=value):
            yield from _names_in(value)
        case _:
            pass


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[_Binding]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name, None) if alias.asname else (first, first, None)
        return
    origin = _origin(node.module, node.level, package)
    for alias in node.names:
        if alias.name != "*":
            yield alias.asname or alias.name, f"{origin}.{alias.name}", None


def star_modules(statements: Iterable[ast.stmt], package: str) -> Iterator[str]:
    """The modules of which a module imports all names."""
    for node in statements:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield _origin(node.module, node.level, package)


def _origin(module: str | None, level: int, package: str) -> str:
    if module and not level:
        return module
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - level + 1]) if level else ""
    return ".".join(part for part in (base, module or "") if part)
