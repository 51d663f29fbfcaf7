"""What one function uses, by the types that mypy has resolved: members, operators, managers, loops and built-ins."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from mypy.nodes import (
    AwaitExpr,
    CallExpr,
    ComparisonExpr,
    Expression,
    ForStmt,
    GeneratorExpr,
    IndexExpr,
    MemberExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    RefExpr,
    StrExpr,
    UnaryExpr,
    WithStmt,
)
from mypy.operators import op_methods, reverse_op_methods, unary_op_methods
from mypy.types import Instance, Type

from surestep_codegen.lint.facts import Form, Use
from surestep_codegen.mypy_plugin.members import Members, NamesOf, classes_of, instances_of
from surestep_codegen.mypy_plugin.nodes import TypeOf, is_step, place_of

__all__ = ["find_typed_uses"]

_GATHERING: Final = "surestep.authoring.gather.Gathering"
"""What every `step` is, with declared steps and without."""

_CALLED_BY: Final = {
    "builtins.abs": "__abs__",
    "builtins.bool": "__bool__",
    "builtins.format": "__format__",
    "builtins.iter": "__iter__",
    "builtins.len": "__len__",
    "builtins.list": "__iter__",
    "builtins.next": "__next__",
    "builtins.repr": "__repr__",
    "builtins.sorted": "__iter__",
    "builtins.str": "__str__",
    "builtins.tuple": "__iter__",
}
"""What built-in functions call of their first argument."""

_ALL: Final = Members(lambda _: True)
"""Of what is awaited, all matters."""

_FORMATTED_BY: Final = ("__format__", "__str__")

_IMPLYING: Final = frozenset(
    [OpExpr, ComparisonExpr, UnaryExpr, IndexExpr, OperatorAssignmentStmt, ForStmt, GeneratorExpr, WithStmt]
)
"""Nodes that call methods without naming them."""


def find_typed_uses(nodes: Sequence[Node], type_of: TypeOf, members: Members) -> Iterator[Use]:
    """The uses that only types tell of, in the order of the nodes; of names that matter, or are awaited."""
    awaited: set[Expression] = set()
    for node in nodes:
        match node:
            case CallExpr():
                yield from _calls(node, type_of, members, is_awaited=node in awaited)
            case MemberExpr():
                for name in _names(type_of(node.expr), node.name, members.properties):
                    yield Use(name, Form.READ, place_of(node))
            case AwaitExpr():
                awaited.add(node.expr)
            case _ if type(node) in _IMPLYING:
                yield from (
                    Use(name, Form.CALL, place_of(owner))
                    for owner, method in _implied(node)
                    for name in _names(type_of(owner), method, members.methods)
                )
            case _:
                pass


def _calls(call: CallExpr, type_of: TypeOf, members: Members, *, is_awaited: bool) -> Iterator[Use]:
    if is_step(type_of(call)):
        return
    if is_awaited and not _is_given_step(call, type_of):
        yield from (Use(name, Form.AWAIT, place_of(call), len(call.args)) for name in _called(call, type_of, _ALL))
    else:
        yield from (Use(name, Form.CALL, place_of(call), len(call.args)) for name in _called(call, type_of, members))


def _is_given_step(call: CallExpr, type_of: TypeOf) -> bool:
    """Whether a call gets `step`: awaiting it is awaiting its steps."""
    given = (info for argument in call.args for info in instances_of(type_of(argument)))
    return any(info.has_base(_GATHERING) for info in given)


def _called(call: CallExpr, type_of: TypeOf, members: Members) -> list[str]:
    """Names of what a call runs."""
    callee, methods = call.callee, members.methods
    found: list[str] = []
    if isinstance(callee, MemberExpr):
        owner = type_of(callee.expr)
        found += _names(owner, callee.name, methods)
        for info in classes_of(owner):
            found += methods(info, callee.name) or members.properties(info, callee.name)
        if isinstance(callee.expr, StrExpr) and callee.name == "format":  # to mypy, an f-string is a call of it
            found += (name for one in call.args for how in _FORMATTED_BY for name in _names(type_of(one), how, methods))
    if isinstance(callee, RefExpr) and call.args and callee.fullname in _CALLED_BY:
        found += _names(type_of(call.args[0]), _CALLED_BY[callee.fullname], methods)
    called = type_of(callee)
    found += _names(called, "__call__", methods)
    found += [info.fullname for info in classes_of(called) if members.matters(info.fullname)]
    return found


def _names(owner: Type | None, name: str, names_of: NamesOf) -> Iterable[str]:
    """Of a member of whatever a value may be."""
    if isinstance(owner, Instance):
        return names_of(owner.type, name)
    return [found for info in instances_of(owner) for found in names_of(info, name)]


def _implied(node: Node) -> Iterator[tuple[Expression, str]]:
    """What a node calls without naming it."""
    match node:
        case OpExpr():
            yield from _operator(node.op, node.left, node.right)
        case ComparisonExpr():
            for operator, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
                yield from _operator(operator, left, right)
        case UnaryExpr():
            yield node.expr, unary_op_methods.get(node.op, "__bool__")
        case IndexExpr():
            yield node.base, "__getitem__"
        case OperatorAssignmentStmt():
            yield node.lvalue, f"__i{op_methods[node.op].removeprefix('__')}"
            yield from _operator(node.op, node.lvalue, node.rvalue)
        case ForStmt():
            yield from _loop(node.expr, is_async=node.is_async)
        case GeneratorExpr():
            for sequence, is_async in zip(node.sequences, node.is_async, strict=True):
                yield from _loop(sequence, is_async=is_async)
        case WithStmt():
            prefix = "__a" if node.is_async else "__"
            yield from ((manager, f"{prefix}{verb}__") for manager in node.expr for verb in ("enter", "exit"))
        case _:
            pass


def _operator(operator: str, left: Expression, right: Expression) -> Iterator[tuple[Expression, str]]:
    method = op_methods.get(operator.removeprefix("not "))
    if operator.endswith("in"):
        yield right, "__contains__"
    elif method is not None:
        yield left, method
        if (reverse := reverse_op_methods.get(method)) is not None:
            yield right, reverse


def _loop(sequence: Expression, *, is_async: bool) -> Iterator[tuple[Expression, str]]:
    prefix = "__a" if is_async else "__"
    yield sequence, f"{prefix}iter__"
    yield sequence, f"{prefix}next__"
