"""The classes that a project's declarations become, each with its module.

A list of what `names` says about every event, version, type and nested object, for the generator and for the check of
collisions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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
    UnionOf,
)
from surestep_dsl.model import Path, Project
from surestep_dsl.names import class_name, module_name, nested_class_name, versioned_class_name

__all__ = ["ClassName", "class_names"]


@dataclass(frozen=True, slots=True)
class ClassName:
    """One class.

    Attributes:
        path: the declaration it belongs to; for a nested object its field.
        module: without a package; nested classes live in the module of their owner.
    """

    path: Path
    name: str
    module: str


def class_names(project: Project) -> Iterator[ClassName]:
    """All classes of events, their older versions, types, and of inputs and results of functions."""
    for event in project.events.values():
        chosen = event.python or event.name
        root = ClassName(("events", event.name), event.python or class_name(event.name), module_name(chosen))
        yield root
        yield from _nested(root, (*root.path, "data"), event.fields)
        for at, version in enumerate(event.previous):
            path: Path = (*root.path, "previous", at)
            older = ClassName(path, versioned_class_name(root.name, version.version), root.module)
            yield older
            yield from _nested(older, (*path, "data"), version.fields)
    for name, definition in project.types.items():
        chosen = definition.python or name
        root = ClassName(("types", name), chosen, module_name(chosen))
        yield root
        match definition:
            case ObjectDef(fields=fields):
                yield from _nested(root, (*root.path, "fields"), fields)
            case AliasDef(of=of):
                yield from _inside(root, root.path, of)
            case EnumDef() | TaggedUnionDef():
                pass
    for function in project.functions.values():
        owner, module = class_name(function.id), module_name(function.id)
        if function.has_input:
            root = ClassName(("functions", function.id, "input"), f"{owner}Input", module)
            yield root
            yield from _nested(root, root.path, function.input or ())
        for path, data_type in function.results:
            step = class_name(str(path[3])) if len(path) > 3 else ""
            root = ClassName(path, f"{owner}{step}Result", module)
            if isinstance(data_type, ObjectOf):
                yield root
            yield from _inside(root, root.path, data_type)


def _nested(owner: ClassName, path: Path, fields: tuple[Field, ...]) -> Iterator[ClassName]:
    for field in fields:
        if _object_in(field.type) is not None:
            inner = ClassName((*path, field.name), nested_class_name(owner.name, field.name), owner.module)
            yield inner
            yield from _inside(inner, inner.path, field.type)


def _inside(owner: ClassName, path: Path, data_type: DataType) -> Iterator[ClassName]:
    """Classes of the fields of the object that `owner` is the class of."""
    fields = _object_in(data_type)
    if fields is not None:
        steps = _steps_to_object(data_type)
        yield from _nested(owner, (*path, *steps, "fields"), fields)


def _object_in(data_type: DataType) -> tuple[Field, ...] | None:
    """The fields of the one object that a type can hold without a name, through lists, maps and `?`."""
    match data_type:
        case ObjectOf(fields):
            return fields
        case ListOf(of) | MapOf(of) | Nullable(of):
            return _object_in(of)
        case Scalar() | EnumOf() | UnionOf() | Named():
            return None


def _steps_to_object(data_type: DataType) -> Path:
    """The keys of long forms between a field and its object."""
    match data_type:
        case ListOf(of):
            return ("items", *_steps_to_object(of))
        case MapOf(of):
            return ("values", *_steps_to_object(of))
        case _:
            return ()
