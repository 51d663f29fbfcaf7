"""Reads one module into facts: its functions, what each uses, and which of them are handlers."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from surestep_codegen.lint.facts import ClassFacts, FunctionFacts, ModuleFacts
from surestep_codegen.lint.handlers import Definition, HandlerSigns
from surestep_codegen.lint.names import Scope, module_scope
from surestep_codegen.lint.uses import Uses, place_of

__all__ = ["read_module"]


def read_module(tree: ast.Module, name: str, file: str, signs: HandlerSigns, *, is_package: bool) -> ModuleFacts:
    """The facts of a module.

    Args:
        tree: its syntax.
        name: its dotted name.
        file: its path, as it is to be shown.
        signs: how to recognise handlers.
        is_package: it is an `__init__.py`; relative imports begin there.
    """
    scope = module_scope(tree, name, is_package=is_package)
    reader = _Reader(name, signs)
    reader.read_body(tree.body, scope, "", None)
    return ModuleFacts(name, file, dict(scope.names), reader.functions, reader.classes, tuple(reader.handlers))


@dataclass(slots=True)
class _Reader:
    """Collects the functions and classes of a module."""

    module: str
    signs: HandlerSigns
    functions: dict[str, FunctionFacts] = field(default_factory=dict)
    classes: dict[str, ClassFacts] = field(default_factory=dict)
    handlers: list[str] = field(default_factory=list)

    def read_body(self, body: list[ast.stmt], scope: Scope, prefix: str, owner: str | None) -> None:
        """Functions and classes among statements; `owner` is the class whose methods they are."""
        for node in _definitions(body):
            name = f"{prefix}{node.name}"
            if isinstance(node, ast.ClassDef):
                bases = tuple(found for base in node.bases if (found := scope.resolve(base)))
                members = tuple(one.name for one in _definitions(node.body) if not isinstance(one, ast.ClassDef))
                self.classes[name] = ClassFacts(name, bases, members)
                self.read_body(node.body, scope, f"{name}.", f"{self.module}.{name}")
            else:
                self._read_function(node, name, scope, owner)

    def _read_function(self, node: Definition, name: str, scope: Scope, owner: str | None) -> None:
        is_handler = self.signs.is_handler(node, scope)
        if is_handler:
            self.handlers.append(name)
        inner = scope.enter(node)
        if owner is not None and node.args.args:  # `self.x()` is looked up in its class
            inner.types[node.args.args[0].arg] = owner
        for nested in _definitions(node.body):
            inner.names[nested.name] = f"{self.module}.{name}.<locals>.{nested.name}"
        uses = Uses(self.signs.steps_of(node, is_handler=is_handler))
        for statement in node.body:
            uses.visit(statement, inner)
        self.functions[name] = FunctionFacts(name, place_of(node), tuple(uses.found), tuple(uses.unknown))
        self.read_body(node.body, inner, f"{name}.<locals>.", None)


def _definitions(body: list[ast.stmt]) -> Iterator[Definition | ast.ClassDef]:
    """Functions and classes among statements and those nested in `if`, `try` and the like."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
            continue
        for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            for name in ("body", "orelse", "finalbody"):
                nested = getattr(part, name, None)
                if isinstance(nested, list):
                    yield from _definitions(nested)
