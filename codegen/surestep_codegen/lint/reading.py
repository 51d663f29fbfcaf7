"""Reads one module into facts: its functions, what each uses, and which of them are handlers."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.lint.attributes import class_attributes, instance_attributes
from surestep_codegen.lint.code import StepCode, mutations_among, read_step_code
from surestep_codegen.lint.comments import read_silencers
from surestep_codegen.lint.facts import WRAPPERS, BodyUse, ClassFacts, Form, FunctionFacts, ModuleFacts, Use
from surestep_codegen.lint.handlers import Definition, HandlerSigns, read_mark
from surestep_codegen.lint.names import Scope, module_scope, star_modules
from surestep_codegen.lint.parsing import ParsedModule
from surestep_codegen.lint.rule import Rule
from surestep_codegen.lint.tree import DEFERRED, nodes_of, statements_of
from surestep_codegen.lint.uses import Uses, place_of

__all__ = ["read_module"]

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAKERS: Final = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"})
_KNOWN: Final = frozenset({*vars(builtins), "ctx", "step"})
"""Names of which the lint always knows what they stand for."""


def read_module(
    parsed: ParsedModule, name: str, file: str, signs: HandlerSigns, rules: Sequence[Rule], *, is_package: bool
) -> ModuleFacts:
    """The facts of a module.

    Args:
        parsed: its text and syntax.
        name: its dotted name.
        file: its path, as it is to be shown.
        signs: how to recognise handlers.
        rules: what to look for in functions that make steps; without any, what they hand to steps is left out, too.
        is_package: it is an `__init__.py`; relative imports begin there.
    """
    tree = parsed.tree
    statements = statements_of(tree.body)
    scope = module_scope(statements, name, is_package=is_package)
    reader = _Reader(name, signs, rules, frozenset(_containers(tree.body)))
    reader.read_definitions(_definitions(statements), scope, "", None)
    reader.read_lambdas(tree.body, scope, "")
    known = frozenset({name for name, target in scope.names.items() if target} | _KNOWN)
    return ModuleFacts(
        name,
        file,
        dict(scope.names),
        reader.functions,
        reader.classes,
        tuple(reader.handlers),
        dict(scope.types),
        tuple(star_modules(statements, scope.package)),
        tuple(read_silencers(parsed.text, tree, known)),
    )


@dataclass(slots=True)
class _Reader:
    """Collects the functions and classes of a module."""

    module: str
    signs: HandlerSigns
    rules: Sequence[Rule]
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
                self._read_class(node, name, scope)
            else:
                self._read_function(node, name, scope, owner)

    def read_lambdas(self, body: list[ast.stmt], scope: Scope, prefix: str) -> list[str]:
        """Names that stand for lambdas: they are functions, too."""
        found = []
        for node in body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                uses = Uses(frozenset(), scope)
                uses.visit(node.value, scope)
                for name in names:
                    self._add(f"{prefix}{name}", node, uses)
                found += names
        return found

    def _read_class(self, node: ast.ClassDef, name: str, scope: Scope) -> None:
        inside = _definitions(statements_of(node.body))
        lambdas = self.read_lambdas(node.body, scope, f"{name}.")
        members = [one.name for one in inside if not isinstance(one, ast.ClassDef)] + lambdas
        factories = _default_factories(node, scope)
        if factories.found and "__init__" not in members:
            members.append("__init__")
            self._add(f"{name}.__init__", node, factories)
        bases = tuple(found for base in node.bases if (found := scope.resolve(base)))
        attributes = dict(class_attributes(node, scope))
        for one in inside:
            if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                attributes |= instance_attributes(one, scope)
        self.classes[name] = ClassFacts(name, bases, tuple(members), attributes)
        self.read_definitions(inside, scope, f"{name}.", f"{self.module}.{name}")

    def _add(self, name: str, node: ast.stmt, uses: Uses) -> None:
        self.functions[name] = FunctionFacts(name, place_of(node), tuple(uses.found), tuple(uses.unknown))

    def _read_function(self, node: Definition, name: str, scope: Scope, owner: str | None) -> None:
        is_handler = self.signs.is_handler(node, scope)
        if is_handler:
            self.handlers.append(name)
        statements = statements_of(node.body)
        inner = scope.enter(node, statements)
        if owner is not None and node.args.args:  # `self.x()` is looked up in its class
            inner.types[node.args.args[0].arg] = owner
        definitions = _definitions(statements)
        for nested in definitions:
            inner.names[nested.name] = f"{self.module}.{name}.<locals>.{nested.name}"
        steps = self.signs.steps_of(node, is_handler=is_handler)
        uses = Uses(steps, inner)
        for statement in node.body:
            uses.visit(statement, inner)
        code = read_step_code(node, inner, steps, self.containers) if steps and self.rules else None
        changed = uses.changed.union(changed for _, changed, _ in mutations_among(statements))
        self.functions[name] = FunctionFacts(
            name,
            place_of(node),
            (*uses.found, *_wrapper_uses(node, scope)),
            tuple(uses.unknown),
            tuple(_bodies(code)) if code is not None else (),
            tuple(found for rule in self.rules for found in rule.find(code)) if code is not None else (),
            tuple(_mutated(node, changed)),
            inner.class_in(node.returns) or "",
            uses.yields,
            bool(steps),
            read_mark(node, scope),
        )
        self.read_definitions(definitions, inner, f"{name}.<locals>.", None)


def _default_factories(node: ast.ClassDef, scope: Scope) -> Uses:
    """What making an instance calls for the fields that are not given."""
    uses = Uses(frozenset(), scope)
    for statement in node.body:
        value = statement.value if isinstance(statement, ast.AnnAssign | ast.Assign) else None
        for keyword in value.keywords if isinstance(value, ast.Call) else ():
            if keyword.arg == "default_factory":
                call = ast.Call(keyword.value, [], [])
                uses.visit(ast.copy_location(call, keyword.value), scope)
    return uses


def _wrapper_uses(node: Definition, scope: Scope) -> Iterator[Use]:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = scope.resolve(called)
        if name is not None:
            yield Use(f"{name}{WRAPPERS}", Form.GIVEN, place_of(decorator))


def _bodies(code: StepCode) -> Iterator[BodyUse]:
    """What a function hands to steps."""
    for step in code.step_calls:
        name = code.scope.resolve(step.body) if step.body is not None else None
        if name is not None and step.body is not None:
            arguments = tuple(one.id if isinstance(one, ast.Name) else "" for one in step.arguments)
            yield BodyUse(name, place_of(step.body), arguments)


def _mutated(node: Definition, changed: set[str]) -> Iterator[int]:
    """Positions of the parameters that a function changes in place, as long as they stand for what was passed."""
    parameters = {one.arg: number for number, one in enumerate((*node.args.posonlyargs, *node.args.args))}
    if changed := changed & parameters.keys():
        names = (one for one in nodes_of(node, DEFERRED) if isinstance(one, ast.Name))
        changed -= {one.id for one in names if isinstance(one.ctx, ast.Store)}
    yield from sorted(parameters[name] for name in changed)


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


def _definitions(statements: Iterable[ast.stmt]) -> list[Definition | ast.ClassDef]:
    return [node for node in statements if isinstance(node, _DEFINITIONS)]
