"""Which names a function uses while it runs: calls, reads, and functions it hands to others.

What is handed to a step is its body, which runs elsewhere and may do what it likes.
"""

import ast
from datetime import datetime, timedelta
from typing import Final

from surestep_codegen.lint.code import MUTATORS, root_name
from surestep_codegen.lint.facts import Form, Place, Unknown, Use
from surestep_codegen.lint.names import Scope
from surestep_codegen.lint.tree import SCOPES, children_of

__all__ = ["Uses", "place_of"]

_READ: Final = frozenset({"os.environ", "os.environb", "sys.argv"})
"""Values of the outer world that are read rather than called."""

_SPECIAL: Final = frozenset([ast.Name, ast.Attribute, ast.Call, ast.Await, ast.Lambda, ast.Yield, ast.YieldFrom]) | {
    ast.With,
    ast.AsyncWith,
    ast.AsyncFor,
    ast.comprehension,
}
"""Nodes that are more than what is in them; most others are only gone through."""

_NAMED: Final = frozenset({ast.Name, ast.Attribute})

_SILENT: Final = SCOPES | {ast.Constant}
"""Nodes that use nothing: a function does so when it is called."""

_SILENT_NAMES: Final = _SILENT | {ast.Name}
"""Nor do names, unless some stands for a value read."""

_DATA_METHODS: Final = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float, datetime, timedelta) for name in dir(kind)
) - {"now", "today", "utcnow"} | {"model_copy", "model_dump", "model_dump_json", "is_set"}
"""Methods of plain data and of models: unknown as their owners are, they tell nothing."""


def place_of(node: ast.expr | ast.stmt) -> Place:
    """Where a node stands."""
    return Place(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


class Uses:
    """Collects the uses of one function.

    Args:
        steps: names that stand for `step` in it.
        home: its scope.

    Attributes:
        found: the uses, in the order of the text.
        unknown: calls of which nothing is known, as written.
        changed: names whose values methods change in place.
        yields: it is a generator.
    """

    def __init__(self, steps: frozenset[str], home: Scope) -> None:
        self.found: list[Use] = []
        self.unknown: list[Unknown] = []
        self.changed: set[str] = set()
        self.yields = False
        self._steps = steps
        self._home = home
        self._silent = _SILENT if home.holds(_READ) else _SILENT_NAMES

    def visit(self, node: ast.AST, scope: Scope) -> None:
        """Collect what one node and those in it use."""
        kind = node.__class__
        if kind in self._silent:
            return
        if kind not in _SPECIAL:
            self._visit_below(node, scope)
            return
        match node:
            case ast.Call():
                self._visit_call(node, scope)
            case ast.Attribute():
                self._visit_attribute(node, scope)
            case ast.Await(value=ast.Call() as awaited):
                self._visit_call(awaited, scope, Form.AWAIT)
            case ast.Name():
                self._visit_name(node, scope)
            case ast.Lambda():
                self.visit(node.body, scope.enter(node))
            case _:
                self._note(node, scope)
                self._visit_below(node, scope)

    def _visit_below(self, node: ast.AST, scope: Scope) -> None:
        silent = self._silent
        for child in children_of(node):
            if child.__class__ not in silent:
                self.visit(child, scope)

    def _note(self, node: ast.AST, scope: Scope) -> None:
        """What is to be said of a node that is gone through besides."""
        match node:
            case ast.With() | ast.AsyncWith():
                self._visit_managers(node, scope)
            case ast.AsyncFor() | ast.comprehension():
                self._visit_stream(node, scope)
            case ast.Yield() | ast.YieldFrom() if scope is self._home:
                self.yields = True
            case _:
                pass

    def _visit_call(self, node: ast.Call, scope: Scope, form: Form = Form.CALL) -> None:
        called = node.func
        if self._steps and not isinstance(called, ast.Name) and self._is_of_step(called):
            self._visit_step(node, scope)  # `step.run`, `step.options(...).run`, `step.remind(key=...)`
            return
        given, keywords = node.args, node.keywords
        arguments = [*given, *(keyword.value for keyword in keywords)] if keywords else given
        name = scope.resolve(called)
        if name is not None:
            is_plain = ast.Starred not in map(type, given) and all(keyword.arg for keyword in keywords)
            if self._steps and any(isinstance(one, ast.Name) and one.id in self._steps for one in arguments):
                form = Form.CALL  # awaiting it is awaiting its steps
            self.found.append(Use(name, form, place_of(node), len(arguments) if is_plain else None))
        elif not _is_harmless(called):
            self.unknown.append(Unknown(f"{_spelled(called)}(...)", place_of(node)))
        if isinstance(called, ast.Attribute):
            if called.attr in MUTATORS and scope is self._home:
                self.changed.add(root_name(called.value))
            self.visit(called.value, scope)
        elif not isinstance(called, ast.Name):
            self.visit(called, scope)
        for argument in arguments:
            if argument.__class__ in _NAMED and not self._is_of_step(argument):
                self._note_given(argument, scope)
            self.visit(argument, scope)

    def _note_given(self, argument: ast.expr, scope: Scope) -> None:
        name = scope.resolve(argument)
        if name is not None and name not in _READ:
            self.found.append(Use(name, Form.GIVEN, place_of(argument)))

    def _visit_step(self, node: ast.Call, scope: Scope) -> None:
        """The arguments of a step are evaluated here; functions among them are its body."""
        if isinstance(node.func, ast.Attribute):
            self.visit(node.func.value, scope)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            match argument:
                case ast.Lambda() | ast.Name():
                    pass
                case ast.Attribute():
                    self.visit(argument.value, scope)
                case ast.Call(func=function, args=[ast.Name() | ast.Attribute() | ast.Lambda(), *rest]) if (
                    scope.resolve(function) == "functools.partial"
                ):
                    for one in (*rest, *(keyword.value for keyword in argument.keywords)):
                        self.visit(one, scope)
                case _:
                    self.visit(argument, scope)

    def _visit_name(self, node: ast.Name, scope: Scope) -> None:
        name = scope.lookup(node.id)
        if name is not None and name in _READ and node.id not in self._steps:
            self.found.append(Use(name, Form.READ, place_of(node)))

    def _visit_attribute(self, node: ast.Attribute, scope: Scope) -> None:
        if self._is_of_step(node):
            return
        kind = scope.type_of(node.value)
        owner = kind or scope.resolve(node.value)
        name = f"{owner}.{node.attr}"
        if name in _READ or (kind is not None and owner):  # of an object of some class it is a property, perhaps
            self.found.append(Use(name, Form.READ, place_of(node)))
        if name not in _READ:
            self.visit(node.value, scope)

    def _visit_managers(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        methods = ("__enter__", "__exit__") if isinstance(node, ast.With) else ("__aenter__", "__aexit__")
        for item in node.items:
            manager = scope.type_of(item.context_expr)
            form = Form.READ if isinstance(node, ast.With) else Form.AWAIT
            for method in methods if manager else ():
                self.found.append(Use(f"{manager}.{method}", form, place_of(item.context_expr)))

    def _visit_stream(self, node: ast.AsyncFor | ast.comprehension, scope: Scope) -> None:
        """An asynchronous loop awaits what it goes through."""
        stream = scope.type_of(node.iter)
        if stream and (isinstance(node, ast.AsyncFor) or node.is_async):
            self.found.append(Use(f"{stream}.__anext__", Form.AWAIT, place_of(node.iter)))

    def _is_of_step(self, node: ast.expr) -> bool:
        """Whether an expression begins with a name that stands for `step`."""
        if not self._steps:
            return False
        while not isinstance(node, ast.Name):
            match node:
                case ast.Attribute(value=below) | ast.Call(func=below):
                    node = below
                case _:
                    return False
        return node.id in self._steps


def _is_harmless(function: ast.expr) -> bool:
    """Whether a call of unknown things is likely that of a method which all plain data has."""
    return isinstance(function, ast.Lambda) or (
        isinstance(function, ast.Attribute) and (function.attr in _DATA_METHODS or function.attr.startswith("__"))
    )


def _spelled(node: ast.expr) -> str:
    """An expression as written, with dots for what does not matter."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{_spelled(value)}.{attribute}"
        case ast.Call(func=function):
            return f"{_spelled(function)}(...)"
        case ast.Subscript(value=value):
            return f"{_spelled(value)}[...]"
        case _:
            return "(...)"
