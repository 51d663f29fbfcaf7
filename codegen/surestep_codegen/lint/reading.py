"""Reads one module into facts: its functions, what each uses, and which of them are handlers."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.lint.code import StepCode, mutated_names, read_step_code
from surestep_codegen.lint.facts import BodyUse, ClassFacts, FunctionFacts, ModuleFacts
from surestep_codegen.lint.handlers import Definition, HandlerSigns
from surestep_codegen.lint.names import Scope, module_scope
from surestep_codegen.lint.rules import RULES
from surestep_codegen.lint.tree import SCOPES, collect_nodes, statements_of
from surestep_codegen.lint.uses import Uses, place_of

__all__ = ["read_module"]

_MAKERS: Final = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"})


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
    reader = _Reader(name, signs, frozenset(_containers(tree.body)))
    reader.read_definitions(_definitions(tree.body), scope, "", None)
    return ModuleFacts(name, file, dict(scope.names), reader.functions, reader.classes, tuple(reader.handlers))


@dataclass(slots=True)
class _Reader:
    """Collects the functions and classes of a module."""

    module: str
    signs: HandlerSigns
    containers: frozenset[str]
    functions: dict[str, FunctionFacts] = field(default_factory=dict)
    classes: dict[str, ClassFacts] = field(default_factory=dict)
    handlers: list[str] = field(default_factory=list)

    def read_definitions(
        self, definitions: Iterable[Definition | ast.ClassDef], scope: Scope, prefix: str, owner: str | None
    ) -> None:
        """Functions and classes; `owner` is the class whose methods they are."""
        for node in definitions:
            name = f"{prefix}{node.name}"
            if isinstance(node, ast.ClassDef):
                bases = tuple(found for base in node.bases if (found := scope.resolve(base)))
                inside = list(_definitions(node.body))
                members = tuple(one.name for one in inside if not isinstance(one, ast.ClassDef))
                self.classes[name] = ClassFacts(name, bases, members)
                self.read_definitions(inside, scope, f"{name}.", f"{self.module}.{name}")
            else:
                self._read_function(node, name, scope, owner)

    def _read_function(self, node: Definition, name: str, scope: Scope, owner: str | None) -> None:
        is_handler = self.signs.is_handler(node, scope)
        if is_handler:
            self.handlers.append(name)
        nodes = collect_nodes(node)
        inner = scope.enter(node, [one for one in nodes.own if isinstance(one, ast.stmt)])
        if owner is not None and node.args.args:  # `self.x()` is looked up in its class
            inner.types[node.args.args[0].arg] = owner
        definitions = [one for one in nodes.own if isinstance(one, SCOPES)]
        for nested in definitions:
            inner.names[nested.name] = f"{self.module}.{name}.<locals>.{nested.name}"
        steps = self.signs.steps_of(node, is_handler=is_handler)
        uses = Uses(steps)
        for statement in node.body:
            uses.visit(statement, inner)
        code = read_step_code(node, nodes, inner, steps, self.containers) if steps else None
        self.functions[name] = FunctionFacts(
            name,
            place_of(node),
            tuple(uses.found),
            tuple(uses.unknown),
            tuple(_bodies(code)) if code is not None else (),
            tuple(found for rule in RULES for found in rule.find(code)) if code is not None else (),
            tuple(_mutated(node, nodes.own)),
            _result_type(node, inner),
            any(isinstance(found, ast.Yield | ast.YieldFrom) for found in nodes.own),
            bool(steps),
        )
        self.read_definitions(definitions, inner, f"{name}.<locals>.", None)


def _bodies(code: StepCode) -> Iterator[BodyUse]:
    """What a function hands to steps."""
    for step in code.step_calls:
        name = code.scope.resolve(step.body) if step.body is not None else None
        if name is not None and step.body is not None:
            arguments = tuple(one.id if isinstance(one, ast.Name) else "" for one in step.arguments)
            yield BodyUse(name, place_of(step.body), arguments)


def _mutated(node: Definition, nodes: list[ast.AST]) -> Iterator[int]:
    """Positions of the parameters that a function changes in place, as long as they stand for what was passed."""
    parameters = {one.arg: number for number, one in enumerate((*node.args.posonlyargs, *node.args.args))}
    rebound = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    changed = {name for one in nodes for _, name, _ in mutated_names(one)}
    yield from sorted(parameters[name] for name in changed & set(parameters) - rebound)


def _result_type(node: Definition, scope: Scope) -> str:
    match node.returns:
        case None:
            return ""
        case ast.Subscript(value=value):
            return scope.resolve(value) or ""
        case found:
            return scope.resolve(found) or ""


def _containers(body: list[ast.stmt]) -> Iterator[str]:
    """Global names that hold a list, dict, set or the like."""
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                called = getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""
                displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
                if isinstance(value, displays) or called in _MAKERS:
                    yield name
            case _:
                pass


def _definitions(body: list[ast.stmt]) -> Iterator[Definition | ast.ClassDef]:
    """Functions and classes among statements and those nested in `if`, `try` and the like."""
    for node in statements_of(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
