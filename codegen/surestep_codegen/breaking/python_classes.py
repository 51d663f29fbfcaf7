"""What user code sees of a contract: generated classes with their attributes, as far as type checkers care.

The types are spelt to be compared, not to be run: aliases are written out, bounds are left out, unions are sorted.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.breaking.spelling import ENTRIES, ITEMS
from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.model import Path, Project
from surestep_dsl.names import class_name, enum_member_name, field_name, nested_class_name

__all__ = ["Attribute", "PythonClass", "python_classes", "python_type", "type_class_name"]

_TEXTS: Final = (ScalarKind.STRING, ScalarKind.URL, ScalarKind.EMAIL)
_PYTHON: Final = {
    **dict.fromkeys(_TEXTS, "str"),
    ScalarKind.INTEGER: "int",
    ScalarKind.NUMBER: "float",
    ScalarKind.BOOLEAN: "bool",
    ScalarKind.DURATION: "timedelta",
    ScalarKind.UUID: "UUID",
    ScalarKind.DECIMAL: "Decimal",
    ScalarKind.JSON: "JsonValue",
    ScalarKind.NULL: "None",
}

_class_name = functools.lru_cache(maxsize=65_536)(class_name)
_field_name = functools.lru_cache(maxsize=65_536)(field_name)
"""Fields of many events have the same few names and types."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of a class or a member of an enum.

    Attributes:
        type: spelt to be compared.
        where: what findings call it.
        path: where it stands.
        is_required: a constructor call has to name it.
    """

    name: str
    type: str
    where: Path
    path: Path
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class PythonClass:
    """A class, or an alias of a type, which has no attributes.

    Attributes:
        path: what it is declared by; longer than two where it is part of something else.
        attributes: by name on the wire.
    """

    name: str
    path: Path
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def python_classes(project: Project) -> dict[tuple[str, str], PythonClass]:
    """Everything that user code can import, with the classes of nested objects, by section of the spec and name."""
    return {(str(found.path[0]), found.name): found for found in _classes(project)}


def type_class_name(definition: TypeDef) -> str:
    """The class of a named type: chosen in the spec, or by rule."""
    return definition.python or _class_name(definition.name)


def _classes(project: Project) -> Iterator[PythonClass]:
    spelling = _Spelling(project)
    for event in project.events.values():
        name, path = event.python or class_name(event.name), ("events", event.name)
        data: Path = (*path, "data")
        payload = f"{name}Data" if event.data_type is None else spelling.type(Named(event.data_type), "")
        yield PythonClass(name, path, {"data": Attribute("data", payload, data, data)})
        if event.data_type is None:
            yield from spelling.objects(payload, name, data, data, event.fields)
    for definition in project.types.values():
        yield from _type_classes(spelling, definition)
    for function in project.functions.values():
        name, path = class_name(function.id), ("functions", function.id)
        yield PythonClass(name, path)
        below = (*path, "input")
        yield from spelling.objects(f"{name}Input", f"{name}Input", below, below, function.input or ())
        for place, returns in function.results:
            step = class_name(str(place[3])) if len(place) > 3 else ""
            yield from spelling.inside(f"{name}{step}Result", place, place, returns)


def _type_classes(spelling: "_Spelling", definition: TypeDef) -> Iterator[PythonClass]:
    name, path = type_class_name(definition), ("types", definition.name)
    match definition:
        case ObjectDef(fields=fields):
            yield from spelling.objects(name, name, path, (*path, "fields"), fields)
        case EnumDef(values=values, python_names=chosen):
            members = {}
            for value in values:
                member = chosen.get(str(value)) or enum_member_name(value)
                members[str(value)] = Attribute(member, repr(value), (*path, str(value)), (*path, "enum", str(value)))
            yield PythonClass(name, path, members)
        case AliasDef(of=of):
            yield PythonClass(name, path)
            yield from spelling.inside(f"{name}Item", path, path, of)
        case TaggedUnionDef():
            yield PythonClass(name, path)


@dataclass(frozen=True, slots=True)
class _Spelling:
    project: Project

    def objects(
        self, name: str, owner: str, where: Path, below: Path, fields: tuple[Field, ...]
    ) -> Iterator[PythonClass]:
        """The class of an object and of those nested in it, which are named after `owner`; fields stand `below`."""
        attributes = {}
        for one in fields:
            inner, place = nested_class_name(owner, one.name), (*below, one.name)
            absent = " | absent" if one.optional and isinstance(one.default, NoDefault) else ""
            attributes[one.name] = Attribute(
                one.python or _field_name(one.name),
                f"{self.type(one.type, inner)}{absent}",
                (*where, one.name),
                place,
                is_required=not one.optional,
            )
            yield from self.inside(inner, (*where, one.name), place, one.type)
        yield PythonClass(name, where, attributes)

    def inside(self, name: str, where: Path, path: Path, data_type: DataType) -> Iterator[PythonClass]:
        """The class of the object that a type holds without a name, through lists, maps and `?`."""
        match data_type:
            case ObjectOf(fields):
                yield from self.objects(name, name, where, (*path, "fields"), fields)
            case Nullable(of):
                yield from self.inside(name, where, path, of)
            case ListOf(of):
                yield from self.inside(name, (*where, ITEMS), (*path, "items"), of)
            case MapOf(of):
                yield from self.inside(name, (*where, ENTRIES), (*path, "values"), of)
            case Scalar() | EnumOf() | UnionOf() | Named():
                pass

    def type(self, data_type: DataType, owner: str, seen: frozenset[str] = frozenset()) -> str:
        """A type; an object without a name is of class `owner`."""
        return " | ".join(sorted(set(self._members(data_type, owner, seen))))

    def _members(self, data_type: DataType, owner: str, seen: frozenset[str]) -> Iterator[str]:
        match data_type:
            case Scalar(kind):
                yield _PYTHON.get(kind, kind.value)
            case Nullable(of):
                yield from (*self._members(of, owner, seen), "None")
            case UnionOf(members):
                for member in members:
                    yield from self._members(member, owner, seen)
            case ListOf(of):
                yield f"list[{self.type(of, owner, seen)}]"
            case MapOf(of):
                yield f"dict[str, {self.type(of, owner, seen)}]"
            case EnumOf(values) if any(isinstance(value, float) for value in values):
                yield "float"
            case EnumOf(values):
                yield f"Literal[{', '.join(sorted(map(repr, values)))}]"
            case ObjectOf():
                yield owner
            case Named(name):
                yield from self._named(name, seen)

    def _named(self, name: str, seen: frozenset[str]) -> Iterator[str]:
        definition = self.project.types[name]
        match definition:
            case AliasDef(of=of) if name not in seen:
                yield from self._members(of, f"{type_class_name(definition)}Item", seen | {name})
            case TaggedUnionDef(members=members):
                for member in members:
                    yield type_class_name(self.project.types[member])
            case ObjectDef() | EnumDef() | AliasDef():
                yield type_class_name(definition)


def python_type(project: Project, data_type: DataType | None, owner: str) -> str:
    """How the type of a result is spelt here; an object without a name is of class `owner`."""
    return "None" if data_type is None else _Spelling(project).type(data_type, owner)
