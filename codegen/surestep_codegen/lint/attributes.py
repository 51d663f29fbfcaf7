"""What the attributes of a class stand for, and what those of its instances hold, as far as its text tells."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.names import Scope
from surestep_codegen.lint.tree import statements_of

__all__ = ["class_attributes", "instance_attributes"]


def class_attributes(node: ast.ClassDef, scope: Scope) -> Iterator[tuple[str, str]]:
    """Attributes that the body assigns or annotates, with the names of what they lead to."""
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                target = scope.resolve(value) or scope.type_of(value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                known = scope.resolve(value) if value is not None else None
                target = known or scope.class_in(annotation)
            case _:
                continue
        if target:
            yield name, target


def instance_attributes(initialiser: ast.FunctionDef, scope: Scope) -> Iterator[tuple[str, str]]:
    """Attributes that `__init__` gives to `self`."""
    if not initialiser.args.args:
        return
    own, inner = initialiser.args.args[0].arg, scope.enter(initialiser)
    for statement in statements_of(initialiser.body):
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attribute)], value=value):
                target = inner.type_of(value) or inner.resolve(value)
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attribute), annotation=annotation):
                target = inner.class_in(annotation)
            case _:
                continue
        if target and name == own:
            yield attribute, target
