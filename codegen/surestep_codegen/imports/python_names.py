"""Python names where the rule of the language gives none, or one twice: fields, enum values, events and types."""

from collections.abc import Mapping
from dataclasses import replace

from surestep_codegen.imports.names import free_name
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
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.model import EventDef
from surestep_dsl.names import class_name, enum_member_name, field_name, is_dunder, module_name

__all__ = ["name_events", "name_fields", "name_type"]


def name_events(events: Mapping[str, EventDef], types: Mapping[str, TypeDef]) -> dict[str, EventDef]:
    """The events; one whose module would be that of another declaration gets another name, its fields get theirs."""
    modules = {module_name(name).lower() for name in types}
    named: dict[str, EventDef] = {}
    for event in events.values():
        python = event.python
        if module_name(python or event.name).lower() in modules:
            stem = python or class_name(event.name)
            tries = (f"{stem}{number}" for number in range(2, len(events) + len(types) + 3))
            python = next(name for name in tries if module_name(name).lower() not in modules)
        modules.add(module_name(python or event.name).lower())
        previous = tuple(replace(older, fields=name_fields(older.fields)) for older in event.previous)
        named[event.name] = replace(event, fields=name_fields(event.fields), previous=previous, python=python)
    return named


def name_type(definition: TypeDef) -> TypeDef:
    """A named type with a Python name for each field and each value."""
    match definition:
        case ObjectDef(fields=fields):
            return replace(definition, fields=name_fields(fields))
        case AliasDef(of=of):
            return replace(definition, of=_inside(of))
        case EnumDef(values=values):
            return replace(definition, python_names=_member_names(values))
        case TaggedUnionDef():
            return definition


def name_fields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields with a chosen Python name where the rule gives none or one that is taken."""
    wanted = ["" if is_dunder(field.name) else field_name(field.name) for field in fields]
    taken = {name for name in wanted if name}
    seen = set[str]()
    named: list[Field] = []
    for field, name in zip(fields, wanted, strict=True):
        is_free = name != "" and name not in seen
        chosen = name if is_free else free_name(name or "field", taken)
        seen.add(chosen)
        taken.add(chosen)
        named.append(replace(field, type=_inside(field.type), python=None if is_free else chosen))
    return tuple(named)


def _member_names(values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    wanted = [enum_member_name(value) for value in values]
    seen = set[str]()
    for value, name in zip(values, wanted, strict=True):
        if not name or name in seen:
            names[str(value)] = free_name(name or "VALUE", {*wanted, *seen})
        seen.add(names.get(str(value), name))
    return names


def _inside(data_type: DataType) -> DataType:
    match data_type:
        case ObjectOf(fields):
            return ObjectOf(name_fields(fields))
        case ListOf(items):
            return replace(data_type, items=_inside(items))
        case MapOf(values):
            return replace(data_type, values=_inside(values))
        case Nullable(of):
            return Nullable(_inside(of))
        case Scalar() | UnionOf() | EnumOf() | Named():
            return data_type
