"""Recognises handlers, and their `step` argument."""

import ast
import re
from typing import Final, NamedTuple, TypeAlias

from surestep_codegen.lint.names import Scope
from surestep_dsl.effects import EffectKind

__all__ = ["Definition", "HandlerSigns", "read_mark"]

_DECLARATIONS: Final = re.compile(r"\.functions\.\w+\.\w+(\.\w+)?$")
"""Where generated packages keep the declarations that decorate handlers, as dotted names end."""

_KINDS: Final = frozenset(EffectKind)
_MARKS: Final = ("surestep.", "surestep.core.marks.")


Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class HandlerSigns(NamedTuple):
    """What makes a function a handler.

    Attributes:
        package: the generated package, whose declarations decorate handlers; empty where there is none, None where it
            is not known, so that anything of a package `functions` counts.
        names: functions of these names with the parameters `ctx` and `step` are handlers, too.
    """

    package: str | None = ""
    names: frozenset[str] = frozenset()

    def is_handler(self, node: Definition, scope: Scope) -> bool:
        """Whether a function is a handler."""
        if node.name in self.names and [one.arg for one in node.args.args] == ["ctx", "step"]:
            return True
        return any(self._is_declaration(scope.resolve(decorator) or "") for decorator in node.decorator_list)

    def _is_declaration(self, name: str) -> bool:
        if self.package is None:
            return _DECLARATIONS.search(name) is not None
        return bool(self.package) and name.startswith(f"{self.package}.functions.")

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


def read_mark(node: Definition, scope: Scope) -> str:
    """The kind of effect that `@surestep.pure` or `@surestep.impure(kind)` states; empty where none does."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Name() | ast.Attribute() if scope.resolve(decorator) in {f"{home}pure" for home in _MARKS}:
                return EffectKind.PURE.value
            case ast.Call(func=function, args=[ast.Constant(value=str(kind))]) if (
                scope.resolve(function) in {f"{home}impure" for home in _MARKS} and kind in _KINDS
            ):
                return kind
            case _:
                pass
    return ""
