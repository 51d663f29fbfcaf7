"""Types that have no value, because they contain themselves without end."""

from collections.abc import Iterator
from typing import Final

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
    """Least fixed point: start from nothing and add what is made of finite parts."""
    finite: set[str] = set()
    names = list(view.project.types)
    while True:
        before = len(finite)
        for name in names:
            if name not in finite and _is_finite_definition(view.project.types[name], finite):
                finite.add(name)
        if len(finite) == before:
            return finite
        # long chains run along or against the alphabet: going both ways takes few rounds
        names.reverse()


def _is_finite_definition(definition: TypeDef, finite: set[str]) -> bool:
    match definition:
        case ObjectDef(fields=fields):
            return _is_finite(ObjectOf(fields), finite)
        case AliasDef(of=of):
            return _is_finite(of, finite)
        case TaggedUnionDef(members=members):
            return not finite.isdisjoint(members)
        case EnumDef():
            return True


def _is_finite(data_type: DataType, finite: set[str]) -> bool:
    match data_type:
        case Scalar() | EnumOf() | Nullable():
            return True
        case ListOf(of, Constraints(min_items=least)) | MapOf(of, Constraints(min_items=least)):
            return not least or _is_finite(of, finite)
        case UnionOf(members):
            return any(_is_finite(member, finite) for member in members)
        case ObjectOf(fields):
            return all(field.optional or _is_finite(field.type, finite) for field in fields)
        case Named(name):
            return name in finite


CHECK: Final = Check(
    codes=("T109",),
    find=find_type_circles,
    valid=(
        'types: {Node: {fields: {children: "list[Node]"}}}',
        'types: {Node: {fields: {next: "Node?"}}}',
        "types: {Node: {fields: {next?: Node}}}",
        'types: {Json: "string | list[Json] | map[Json]"}',
    ),
    invalid=(
        ("types: {Node: {fields: {next: Node}}}", "T109"),
        ("types: {A: {fields: {b: B}}, B: {fields: {a: A}}}", "T109"),
        ("types: {Node: {fields: {children: {type: 'list[Node]', min_items: 1}}}}", "T109"),
    ),
)
