"""What the outcome of a test says about paths: the narrowing by `has(x) &&`, `x != null &&`, tags and the like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

from surestep_dsl.expr.syntax import Binary, Has, Index, ListLiteral, Literal, Logical, Name, Node, Select, Unary

__all__ = ["NO_FACTS", "Fact", "Facts", "Path", "both", "facts_when", "path_of", "without_root"]

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one path.

    Attributes:
        present: the field is there, perhaps null.
        lacking: it is not there.
        not_null: it is there and not null.
        values: where known, all values it can have.
        excluded: values it does not have.
    """

    present: bool = False
    lacking: bool = False
    not_null: bool = False
    values: frozenset[object] | None = None
    excluded: frozenset[object] = frozenset()


Facts: TypeAlias = Mapping[Path, Fact]
NO_FACTS: Final[Facts] = {}
_PRESENT: Final = Fact(present=True)
_NOT_NULL: Final = Fact(present=True, not_null=True)


def _one_of(values: Iterable[object]) -> Fact:
    return Fact(present=True, not_null=True, values=frozenset(values))


def path_of(node: Node) -> Path | None:
    """`event.data["a"][0]` as a path, None for what is no path of constant keys."""
    match node:
        case Name(name=name):
            return (name,)
        case Select(of=of, field=field) | Index(of=of, key=Literal(value=str(field))):
            outer = path_of(of)
            return None if outer is None else (*outer, field)
        case Index(of=of, key=Literal(value=int(place))):
            outer = path_of(of)
            return None if outer is None else (*outer, place)
        case _:
            return None


def both(left: Facts, right: Facts) -> Facts:
    """What holds where both hold."""
    if not left:
        return right
    return {path: _and(left.get(path, Fact()), right.get(path, Fact())) for path in (*left, *right)}


def without_root(facts: Facts, name: str) -> Facts:
    """What is left when a loop variable hides `name`."""
    return {path: fact for path, fact in facts.items() if path[0] != name}


def facts_when(node: Node, outcome: bool) -> Facts:  # noqa: FBT001 - read as "facts when node is true"
    """What is known where `node` has been evaluated to `outcome`."""
    match node:
        case Unary(operator="!", operand=operand):
            return facts_when(operand, not outcome)
        case Logical(operator=operator, operands=operands):
            parts = [facts_when(operand, outcome) for operand in operands]
            return reduce(both, parts) if (operator == "&&") is outcome else reduce(_either, parts)
        case Has(path=path):
            return _reached(path, _PRESENT) if outcome else _lacking(path)
        case Binary(operator="==" | "!=" as operator, left=left, right=right):
            equal = (operator == "==") is outcome
            return both(_compared(left, right, equal=equal), _compared(right, left, equal=equal))
        case Binary(operator="in", left=left, right=right) if outcome:
            return _member_of(left, right)
        case Binary(operator="<" | "<=" | ">" | ">=", left=left, right=right) if outcome:
            return both(_reached(left, _NOT_NULL), _reached(right, _NOT_NULL))
        case Select() | Index() if outcome:
            return _reached(node, _NOT_NULL)
        case _:
            return NO_FACTS


def _lacking(node: Select) -> Facts:
    path = path_of(node)
    return NO_FACTS if path is None else {path: Fact(lacking=True)}


def _compared(side: Node, other: Node, *, equal: bool) -> Facts:
    path = path_of(side)
    if path is None or not isinstance(other, Literal):
        return NO_FACTS
    if other.value is None:
        return NO_FACTS if equal else _reached(side, _NOT_NULL)
    value = frozenset({other.value})
    return _reached(side, _one_of(value)) if equal else {path: Fact(excluded=value)}


def _member_of(left: Node, right: Node) -> Facts:
    if isinstance(left, Literal) and isinstance(left.value, str) and path_of(right) is not None:
        return _reached(Select(right, left.value, left.start, left.end), _PRESENT)
    if isinstance(right, ListLiteral):
        values = [item.value for item in right.items if isinstance(item, Literal) and item.value is not None]
        if len(values) == len(right.items):
            return _reached(left, _one_of(values))
    return NO_FACTS


def _reached(node: Node, fact: Fact) -> Facts:
    """`fact` about a path, which also says that everything on the way to it is there."""
    path = path_of(node)
    if path is None:
        return NO_FACTS
    return {**{path[:length]: _NOT_NULL for length in range(2, len(path))}, path: fact}


def _and(one: Fact, other: Fact) -> Fact:
    known = [fact.values for fact in (one, other) if fact.values is not None]
    return Fact(
        present=one.present or other.present,
        lacking=one.lacking or other.lacking,
        not_null=one.not_null or other.not_null,
        values=frozenset.intersection(*known) if known else None,
        excluded=one.excluded | other.excluded,
    )


def _either(left: Facts, right: Facts) -> Facts:
    return {path: _or(left[path], right[path]) for path in left if path in right}


def _or(one: Fact, other: Fact) -> Fact:
    return Fact(
        present=one.present and other.present,
        lacking=one.lacking and other.lacking,
        not_null=one.not_null and other.not_null,
        values=None if one.values is None or other.values is None else one.values | other.values,
        excluded=one.excluded & other.excluded,
    )
