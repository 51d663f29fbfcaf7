"""Types that have no value, because they contain themselves without end."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, TypeAlias

from surestep_dsl.checks.view import Check, View
from surestep_dsl.datatypes import (
    AliasDef,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]

_Node: TypeAlias = str | int


def find_type_circles(view: View) -> Iterator[Diagnostic]:
    """A type may contain itself, but some value of it must come to an end.

    A tree is fine: `Node: {fields: {children: "list[Node]"}}` ends in an empty list. It ends as well where the field
    is nullable or may be absent. `Node: {fields: {next: Node}}` never ends, nor does a list with `min_items: 1`.
    """
    finite = _finite_types(view)
    for name in view.project.types:
        if name not in finite:
            hint = "make a field on the way optional or nullable, or put a list between"
            yield view.find("T109", f"no value of `{name}` ever ends: it contains itself", ("types", name), hint)


def _finite_types(view: View) -> set[str]:
    """Least fixed point: start from what needs nothing and add what is made of finite parts; linear."""
    parts = _Parts()
    for name, definition in view.project.types.items():
        parts.declare(name, definition)
    return parts.finite_names()


class _Parts:
    """What each type needs to be finite: all fields of an object, one member of a union.

    A node is a named type or an object or union inside of one, by name or by number.
    """

    def __init__(self) -> None:
        self.open_needs: dict[_Node, int] = {}
        self.needed_by: dict[_Node, list[_Node]] = defaultdict(list)

    def declare(self, name: str, definition: TypeDef) -> None:
        """Add a named type."""
        need = self._need(_body(definition))
        self._add(name, [] if need is None else [need], 0 if need is None else 1)

    def finite_names(self) -> set[str]:
        """Names of all types that some value of comes to an end."""
        finite = [node for node, count in self.open_needs.items() if count == 0]
        for node in finite:
            for other in self.needed_by[node]:
                self.open_needs[other] -= 1
                if self.open_needs[other] == 0:
                    finite.append(other)
        return {node for node in finite if isinstance(node, str)}

    def _add(self, node: _Node, needs: list[_Node], count: int) -> _Node:
        self.open_needs[node] = count
        for need in needs:
            self.needed_by[need].append(node)
        return node

    def _need(self, data_type: DataType) -> _Node | None:
        """What must be finite for a type to be; None where nothing must."""
        match data_type:
            case Scalar() | EnumOf() | Nullable():
                return None
            case ListOf(of, Constraints(min_items=least)) | MapOf(of, Constraints(min_items=least)):
                return self._need(of) if least else None
            case UnionOf(members):
                needs = [self._need(member) for member in members]
                return None if None in needs else self._inner([need for need in needs if need is not None], 1)
            case ObjectOf(fields):
                needs = [self._need(field.type) for field in fields if not field.optional]
                wanted = [need for need in needs if need is not None]
                return self._inner(wanted, len(wanted)) if wanted else None
            case Named(name):
                return name

    def _inner(self, needs: list[_Node], count: int) -> _Node:
        return self._add(len(self.open_needs), needs, count)


def _body(definition: TypeDef) -> DataType:
    match definition:
        case ObjectDef(fields=fields):
            return ObjectOf(fields)
        case AliasDef(of=of):
            return of
        case TaggedUnionDef(members=members):
            return UnionOf(tuple(map(Named, members)))
        case EnumDef(values=values):
            return EnumOf(values)


CHECK: Final = Check(
    codes=("T109",),
    find=find_type_circles,
    valid=(
        'types: {Node: {fields: {children: "list[Node]"}}}',
        'types: {Node: {fields: {next: "Node?"}}}',
        "types: {Node: {fields: {next?: Node}}}",
        'types: {Json: "string | list[Json] | map[Json]"}',
        "types: {A: {fields: {b: B, c: B}}, B: A | C, C: {fields: {n: integer}}}",
    ),
    invalid=(
        ("types: {Node: {fields: {next: Node}}}", "T109"),
        ("types: {A: {fields: {b: B}}, B: {fields: {a: A}}}", "T109"),
        ("types: {A: {fields: {b: A | B}}, B: {fields: {n: integer, a: A}}}", "T109"),
        ("types: {Node: {fields: {children: {type: 'list[Node]', min_items: 1}}}}", "T109"),
    ),
)
