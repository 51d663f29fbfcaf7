"""Recognises handlers, and their `step` argument."""

import ast
from dataclasses import dataclass
from typing import TypeAlias

from surestep_codegen.lint.names import Scope

__all__ = ["Definition", "HandlerSigns"]

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class HandlerSigns:
    """What makes a function a handler.

    Attributes:
        package: the generated package, whose declarations decorate handlers; empty where there is none.
        names: functions of these names with the parameters `ctx` and `step` are handlers, too.
    """

    package: str = ""
    names: frozenset[str] = frozenset()

    def is_handler(self, node: Definition, scope: Scope) -> bool:
        """Whether a function is a handler."""
        if node.name in self.names and [one.arg for one in node.args.args] == ["ctx", "step"]:
            return True
        resolved = (scope.resolve(decorator) or "" for decorator in node.decorator_list)
        return bool(self.package) and any(name.startswith(f"{self.package}.functions.") for name in resolved)

    def steps_of(self, node: Definition, *, is_handler: bool) -> frozenset[str]:
        """The parameters that are `step`: the second of a handler, and those that are called or typed so."""
        parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        found = {one.arg for one in parameters if one.arg == "step" or _is_step_type(one.annotation)}
        return frozenset(found | {one.arg for one in parameters[1:2] if is_handler})


def _is_step_type(annotation: ast.expr | None) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name.endswith("Step")
        case ast.Subscript(value=value):
            return _is_step_type(value)
        case _:
            return False
