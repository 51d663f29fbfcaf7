"""Types of `a + b`, `a < b`, `a == b` and `a in b`, given the types of both sides."""

import json
from collections.abc import Iterator
from typing import Final

from surestep_dsl.expr.operator_types import arithmetic_kinds, can_equal, can_order, conversion_hint
from surestep_dsl.expr.path_types import item_type, possible_values
from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.static_types import ANY, ListShape, Type, basic, join_types
from surestep_dsl.expr.syntax import Binary, ListLiteral, Literal, Node
from surestep_dsl.expr.values import Kind
from surestep_dsl.nearest import did_you_mean

__all__ = ["ARITHMETIC", "binary_problems", "binary_type", "compared_pairs", "impossible_value"]

ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%"})


def binary_type(node: Binary, left: Type, right: Type) -> Type:
    """The type of the result."""
    if node.operator not in ARITHMETIC:
        return basic(Kind.BOOL)
    kinds = arithmetic_kinds(node.operator, left.kinds, right.kinds)
    lists = (Type((ListShape(item_type(join_types((left, right)))),)),) if Kind.LIST in kinds else ()
    return join_types((basic(*sorted(kinds - {Kind.LIST})), *lists)) if kinds else ANY


def binary_problems(node: Binary, left: Type, right: Type) -> Iterator[Problem]:
    """Where the two sides never fit the operator."""
    match node.operator:
        case "==" | "!=":
            fits = can_equal(left.kinds, right.kinds)
        case "<" | "<=" | ">" | ">=":
            fits = can_order(left.kinds, right.kinds)
        case "in":
            yield from _membership_problems(node, left, right)
            return
        case _:
            fits = bool(arithmetic_kinds(node.operator, left.kinds, right.kinds))
    if not fits:
        hint = conversion_hint(node.operator, left.kinds, right.kinds)
        yield find("E301", f"`{node.operator}` does not take {left} and {right}", node.start, node.end, hint)


def _membership_problems(node: Binary, left: Type, right: Type) -> Iterator[Problem]:
    containers = right.kinds & {Kind.LIST, Kind.MAP, Kind.DYN}
    if not containers:
        hint = "write `text.contains(part)`" if right.kinds == {Kind.STRING} else None
        yield find("E301", f"`in` looks into a list or an object, not {right}", node.right.start, node.right.end, hint)
    elif containers == {Kind.LIST}:
        items = item_type(right)
        if items.shapes and not can_equal(left.kinds, items.kinds):
            hint = conversion_hint("==", left.kinds, items.kinds)
            yield find("E301", f"{left} is never in a list of {items}", node.start, node.end, hint)
    elif containers == {Kind.MAP} and not left.kinds & {Kind.STRING, Kind.INT, Kind.DYN}:
        yield find("E301", f"a key is a text, not {left}", node.left.start, node.left.end)


def impossible_value(of: Type, other: Node, other_type: Type) -> Problem | None:
    """A problem where an enum of type `of` never has the value of `other`."""
    possible, wanted = possible_values(of), _wanted_values(other, other_type)
    if possible is None or wanted is None or possible & wanted:
        return None
    names = [str(value) for value in possible]
    shown = ", ".join(sorted(names)[:10])
    hint = did_you_mean(str(next(iter(wanted))), names, f"it is one of {shown}") if isinstance(other, Literal) else None
    value = json.dumps(other.value) if isinstance(other, Literal) else "this value"
    return find("E304", f"{value} can never occur here", other.start, other.end, hint)


def _wanted_values(node: Node, of: Type) -> frozenset[object] | None:
    if isinstance(node, Literal):
        return None if node.value is None or isinstance(node.value, bool) else frozenset({node.value})
    return possible_values(of)


def compared_pairs(node: Binary) -> tuple[tuple[Node, Node], ...]:
    """The pairs that `==`, `!=` or `in [...]` compares, each both ways round where both ways make sense."""
    if node.operator in ("==", "!="):
        return ((node.left, node.right), (node.right, node.left))
    if node.operator == "in" and isinstance(node.right, ListLiteral):
        return tuple((node.left, item) for item in node.right.items)
    return ()
