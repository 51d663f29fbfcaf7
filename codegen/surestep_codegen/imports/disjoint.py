"""Whether two types share no value: then `oneOf` means the same as `anyOf`. In doubt they share some."""

from collections.abc import Mapping
from itertools import combinations

from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.limits import MAX_ALIAS_CHAIN

__all__ = ["are_disjoint", "find_tag"]

_ALL = frozenset({"string", "number", "boolean", "null", "array", "object"})
_KINDS = {
    ScalarKind.INTEGER: frozenset({"number"}),
    ScalarKind.NUMBER: frozenset({"number"}),
    ScalarKind.DECIMAL: frozenset({"number", "string"}),
    ScalarKind.BOOLEAN: frozenset({"boolean"}),
    ScalarKind.NULL: frozenset({"null"}),
    ScalarKind.JSON: _ALL,
}


def are_disjoint(first: DataType, second: DataType, types: Mapping[str, TypeDef]) -> bool:
    """Whether no value is of both types."""
    if not _kinds(first, types, set()) & _kinds(second, types, set()):
        return True
    ones, others = _values(first, types), _values(second, types)
    if ones and others:
        return not set(ones) & set(others)
    fields, more = _fields(first, types), _fields(second, types)
    return any(
        name in more and not field.optional and not more[name].optional and _tells(field, more[name], types)
        for name, field in fields.items()
    )


def find_tag(members: tuple[str, ...], types: Mapping[str, TypeDef]) -> str | None:
    """The field that tells objects apart: always there, an enum of texts, no value twice."""
    objects = [types.get(member) for member in members]
    if not all(isinstance(definition, ObjectDef) for definition in objects) or len(members) < 2:
        return None
    fields = [_fields(Named(member), types) for member in members]
    for name in fields[0]:
        tags = [found[name] for found in fields if name in found and not found[name].optional]
        values = [_values(tag.type, types) for tag in tags]
        is_text = all(value and isinstance(value[0], str) for value in values)
        if len(tags) == len(members) and is_text and all(not set(a) & set(b) for a, b in combinations(values, 2)):
            return name
    return None


def _tells(first: Field, second: Field, types: Mapping[str, TypeDef]) -> bool:
    ones, others = _values(first.type, types), _values(second.type, types)
    if ones and others:
        return not set(ones) & set(others)
    return not _kinds(first.type, types, set()) & _kinds(second.type, types, set())


def _values(data_type: DataType, types: Mapping[str, TypeDef]) -> tuple[str | int | float, ...]:
    definition = types.get(data_type.name) if isinstance(data_type, Named) else data_type
    return definition.values if isinstance(definition, EnumOf | EnumDef) else ()


def _fields(data_type: DataType, types: Mapping[str, TypeDef]) -> dict[str, Field]:
    definition = types.get(data_type.name) if isinstance(data_type, Named) else data_type
    fields = definition.fields if isinstance(definition, ObjectDef | ObjectOf) else ()
    return {field.name: field for field in fields}


def _kinds(data_type: DataType, types: Mapping[str, TypeDef], seen: set[str]) -> frozenset[str]:
    """The kinds of JSON values that a type has; of names in `seen` they are counted already."""
    match data_type:
        case Scalar(kind):
            return _KINDS.get(kind, frozenset({"string"}))
        case Nullable(of):
            return _kinds(of, types, seen) | {"null"}
        case UnionOf(members):
            return frozenset[str]().union(*(_kinds(member, types, seen) for member in members))
        case ListOf():
            return frozenset({"array"})
        case MapOf() | ObjectOf():
            return frozenset({"object"})
        case EnumOf(values):
            return frozenset({"string" if isinstance(values[0], str) else "number"})
        case Named(name):
            if name in seen:
                return frozenset()
            seen.add(name)
            return _kinds_of_named(types.get(name), types, seen)


def _kinds_of_named(definition: TypeDef | None, types: Mapping[str, TypeDef], seen: set[str]) -> frozenset[str]:
    match definition:
        case ObjectDef() | TaggedUnionDef():
            return frozenset({"object"})
        case EnumDef(values=values):
            return frozenset({"string" if isinstance(values[0], str) else "number"})
        case AliasDef(of=of) if len(seen) <= MAX_ALIAS_CHAIN:
            return _kinds(of, types, seen)
        case _:
            return _ALL
