"""Where the order of a set decides what handler code does, by the types that mypy has resolved."""

import functools
from collections.abc import Iterator
from typing import Final

from mypy.nodes import (
    CallExpr,
    DictionaryComprehension,
    Expression,
    ForStmt,
    GeneratorExpr,
    ListComprehension,
    MemberExpr,
    Node,
    RefExpr,
    SetComprehension,
    StarExpr,
    TypeInfo,
)
from mypy.types import Instance, get_proper_type

from surestep_codegen.lint.code import ORDER_FREE, ORDER_KEEPING
from surestep_codegen.lint.facts import Fault
from surestep_codegen.mypy_plugin.nodes import TypeOf, place_of

__all__ = ["find_set_orders", "is_set"]

_RELEVANT: Final = frozenset({CallExpr, DictionaryComprehension, ForStmt, GeneratorExpr, SetComprehension, StarExpr})
"""Nodes that go through something, or let it be gone through without showing the order."""

_SETS: Final = ("builtins.frozenset", "builtins.set")
_ABSTRACT: Final = frozenset({"typing.AbstractSet", "typing.MutableSet"})
"""Only as such: the views of a dict are sets by these classes, too, and have its order."""

_ORDERED_BY: Final = frozenset(
    f"builtins.{name}" for name in ("enumerate", "filter", "iter", "list", "map", "next", "reversed", "tuple", "zip")
)
_ORDER_FREE: Final = frozenset(f"builtins.{name}" for name in ORDER_FREE)
_ORDER_KEEPING: Final = frozenset(f"builtins.{name}" for name in ORDER_KEEPING)


def find_set_orders(nodes: list[Node], type_of: TypeOf) -> Iterator[Fault]:
    """A fault at each expression whose items are taken in the order of a set."""
    nodes = [node for node in nodes if type(node) in _RELEVANT]
    free = set(_order_free(nodes))
    for node in nodes:
        for place in () if node in free else _gone_through(node):
            found = get_proper_type(type_of(place))
            if isinstance(found, Instance) and is_set(found.type):
                message = "handler code goes through a set, whose order differs from process to process"
                yield Fault("D116", "unordered-iteration", message, "sort it: `sorted(...)`", place_of(place))


@functools.cache
def is_set(info: TypeInfo) -> bool:
    """Whether the order of a class's items differs from process to process."""
    return info.fullname in _ABSTRACT or any(map(info.has_base, _SETS))


def _gone_through(node: Node) -> Iterator[Expression]:
    match node:
        case ForStmt():
            yield node.expr
        case StarExpr():
            yield node.expr
        case GeneratorExpr():
            yield from node.sequences
        case DictionaryComprehension():
            yield from node.sequences
        case CallExpr(callee=RefExpr(fullname=name)) if name in _ORDERED_BY:
            yield from node.args
        case CallExpr(callee=MemberExpr(name="pop", expr=owner), args=[]):
            yield owner
        case CallExpr(callee=MemberExpr(name="join"), args=[items]):
            yield items
        case _:
            pass


def _order_free(nodes: list[Node]) -> Iterator[Node]:
    """What is gone through without showing the order."""
    for node in nodes:
        match node:
            case SetComprehension():
                yield node.generator
            case CallExpr(callee=RefExpr(fullname=name), args=[items, *_]) if name in _ORDER_FREE:
                yield from _order_keeping(items)
            case _:
                pass


def _order_keeping(items: Expression) -> Iterator[Node]:
    match items:
        case ListComprehension():
            yield items.generator
        case GeneratorExpr():
            yield items
        case CallExpr(callee=RefExpr(fullname=name)) if name in _ORDER_KEEPING:
            yield items
        case _:
            pass
