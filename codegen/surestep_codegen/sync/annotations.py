"""The annotations of a handler beside those that the specs ask for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from surestep_codegen.plan.model import HandlerPlan
from surestep_codegen.sync.bindings import dotted
from surestep_codegen.sync.source_file import Edit, SourceFile

__all__ = ["Annotated", "annotations_of", "has_handler_parameters", "replace_annotation", "spelled_name"]

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_TO_BRACKET: Final = re.compile(rb"(?:[\s,/\\]|#[^\r\n]*)*\)")


@dataclass(frozen=True, slots=True)
class Annotated:
    """A parameter, or the result where `parameter` is None.

    Attributes:
        annotation: what is written; None for nothing.
        name: it as a dotted name; None where it is no name.
        wanted: a name of the function's generated module, or `None`.
    """

    parameter: ast.arg | None
    annotation: ast.expr | None
    name: str | None
    wanted: str


def has_handler_parameters(node: _Definition) -> bool:
    """Whether a function takes a context and a step, and nothing else."""
    arguments = node.args
    count = len(arguments.posonlyargs) + len(arguments.args)
    return count == 2 and not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults)


def annotations_of(node: _Definition, plan: HandlerPlan) -> Iterator[Annotated]:
    """Those of context, step and result."""
    if not has_handler_parameters(node):
        return
    for parameter, wanted in zip((*node.args.posonlyargs, *node.args.args), (plan.context, plan.step), strict=True):
        yield Annotated(parameter, parameter.annotation, _name(parameter.annotation), wanted)
    yield Annotated(None, node.returns, _name(node.returns), plan.result)


def _name(annotation: ast.expr | None) -> str | None:
    return None if annotation is None else spelled_name(annotation)


def spelled_name(expression: ast.expr) -> str | None:
    """`a.b`, also where it stands in quotes, or `None`; None for any other expression."""
    match expression:
        case ast.Constant(value=None):
            return "None"
        case ast.Constant(value=str() as text) if all(part.isidentifier() for part in text.split(".")):
            return text
        case _:
            return ".".join(dotted(expression)) or None


def replace_annotation(file: SourceFile, node: _Definition, found: Annotated, name: str) -> Edit:
    """The change that makes `name` the annotation; quotes stay where there are some."""
    if found.annotation is not None:
        start, end = file.start(found.annotation), file.end(found.annotation)
        text = name.encode()
        if isinstance(found.annotation, ast.Constant) and found.name is not None and found.annotation.value:
            text = file.content[start:end].replace(found.name.encode(), text)
        return Edit(start, end, text)
    if found.parameter is not None:
        end = file.end(found.parameter)
        return Edit(end, end, f": {name}".encode())
    parameters = (*node.args.posonlyargs, *node.args.args)
    match = _TO_BRACKET.match(file.content, file.end(parameters[-1]))
    end = match.end() if match else file.end(parameters[-1])
    return Edit(end, end, f" -> {name}".encode())
