"""Whether a project has values that must not be stored in plain text, which the registry tells the engine."""

from collections.abc import Iterator

from surestep_dsl.datatypes import AliasDef, DataType, Field, ListOf, MapOf, Nullable, ObjectDef, ObjectOf, UnionOf
from surestep_dsl.model import Project

__all__ = ["has_sensitive_values"]


def has_sensitive_values(project: Project) -> bool:
    """Whether any field or alias is marked."""
    aliases = (found for found in project.types.values() if isinstance(found, AliasDef))
    return any(alias.sensitive for alias in aliases) or any(field.sensitive for field in _all_fields(project))


def _all_fields(project: Project) -> Iterator[Field]:
    for definition in project.types.values():
        match definition:
            case ObjectDef(fields=fields):
                yield from _with_nested(fields)
            case AliasDef(of=of):
                yield from _in_type(of)
            case _:
                pass
    for event in project.events.values():
        for fields in (event.fields, *(older.fields for older in event.previous)):
            yield from _with_nested(fields)
    for function in project.functions.values():
        yield from _with_nested(function.input or ())
        for _, result in function.results:
            yield from _in_type(result)


def _with_nested(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _in_type(field.type)


def _in_type(data_type: DataType) -> Iterator[Field]:
    match data_type:
        case ObjectOf(fields):
            yield from _with_nested(fields)
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            yield from _in_type(inner)
        case UnionOf(members):
            for member in members:
                yield from _in_type(member)
        case _:
            pass
