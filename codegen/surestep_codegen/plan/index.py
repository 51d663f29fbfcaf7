"""Where everything of a project goes in the generated package: modules and classes by declaration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from surestep_codegen.plan.circles import find_circles
from surestep_codegen.python import Reference
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
from surestep_dsl.model import EventDef, EventVersion, JobDef, Project
from surestep_dsl.names import class_name, module_name, nested_class_name, versioned_class_name

__all__ = ["Index", "Layout", "data_of", "inner_class", "named_in", "named_in_definition", "named_in_fields"]


_NULL_KINDS: Final = (ScalarKind.NULL, ScalarKind.JSON)


@dataclass(frozen=True, slots=True)
class Layout:
    """Dotted names of the generated package and of the package of handlers."""

    package: str
    handlers: str


@dataclass(frozen=True)
class Index:
    """Looks up places; every lookup is a pure function of the declaration, but for types in a circle."""

    project: Project
    layout: Layout

    @cached_property
    def circles(self) -> Mapping[str, tuple[str, ...]]:
        """For each named type the sorted names of the types that share its module, itself included."""
        return find_circles({name: named_in_definition(found) for name, found in self.project.types.items()})

    def type(self, name: str) -> Reference:
        """A named type's class or alias."""
        first, definition = self.project.types[self.circles[name][0]], self.project.types[name]
        module = f"{self.layout.package}.types.{module_name(first.python or first.name)}"
        return Reference(module, type_class(definition), "Type")

    def event(self, name: str) -> Reference:
        """An event's class."""
        event = self.project.events[name]
        module = f"{self.layout.package}.events.{module_name(event.python or name)}"
        return Reference(module, event_class(event), "Event")

    def data(self, name: str) -> Reference:
        """The class of an event's payload."""
        return data_of(self.event(name))

    def older_event(self, name: str, older: EventVersion) -> Reference:
        """The class of an older version of an event."""
        event = self.event(name)
        return Reference(event.module, versioned_class_name(event.name, older.version), "Event")

    def alias_object(self, name: str) -> Reference:
        """The class of an object without a name of its own that an alias holds, for instance in a list."""
        alias = self.type(name)
        return Reference(alias.module, f"{alias.name}Item", alias.suffix)

    def accepts_null(self, data_type: DataType) -> bool:
        """Whether null is a value of a type; `json` accepts it, too."""
        return any(
            isinstance(found, Nullable) or (isinstance(found, Scalar) and found.kind in _NULL_KINDS)
            for found in self._alternatives(data_type, set())
        )

    def _alternatives(self, data_type: DataType, seen: set[str]) -> Iterator[DataType]:
        """A type without aliases and unions."""
        match data_type:
            case UnionOf(members):
                for member in members:
                    yield from self._alternatives(member, seen)
            case Named(name) if isinstance(definition := self.project.types[name], AliasDef):
                if name not in seen:
                    seen.add(name)
                    yield from self._alternatives(definition.of, seen)
            case _:
                yield data_type

    def mentions_sensitive(self, data_type: DataType) -> bool:
        """Whether a type is, or holds, an alias whose values are sensitive; objects mark their own fields."""
        seen: set[str] = set()
        pending = list(named_in(data_type, inside_objects=False))
        while pending:
            name = pending.pop()
            definition = self.project.types[name]
            if name not in seen and isinstance(definition, AliasDef):
                if definition.sensitive:
                    return True
                seen.add(name)
                pending += named_in(definition.of, inside_objects=False)
        return False

    @cached_property
    def engine_events(self) -> frozenset[str]:
        """Declared events that only the engine sends: how runs of jobs have ended."""
        return frozenset(name for job in self.project.jobs.values() for name in (job.completed, job.failed))

    @cached_property
    def jobs(self) -> Mapping[str, JobDef]:
        """The jobs by the ids of their functions."""
        return {job.function: job for job in self.project.jobs.values()}

    def function_module(self, function_id: str) -> str:
        """The module of a function's declaration."""
        return f"{self.layout.package}.functions.{module_name(function_id)}"


def data_of(event: Reference) -> Reference:
    """The class of the payload of an event's class."""
    return Reference(event.module, f"{event.name}Data", "Event")


def event_class(event: EventDef) -> str:
    """An event's class: chosen in the spec, or by rule."""
    return event.python or class_name(event.name)


def type_class(definition: TypeDef) -> str:
    """A named type's class or alias: chosen in the spec, or by rule."""
    return definition.python or class_name(definition.name)


def inner_class(owner: str, field: Field, payload: str = "") -> str:
    """The class of an object in a field; where that is the class of the whole `payload`, it gets a trailing `_`."""
    name = nested_class_name(owner, field.name)
    return f"{name}_" if name == payload else name


def named_in(data_type: DataType, *, inside_objects: bool = True) -> Iterator[str]:
    """The named types that a type mentions, those of nested objects included if wanted."""
    match data_type:
        case Named(name):
            yield name
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            yield from named_in(inner, inside_objects=inside_objects)
        case UnionOf(members):
            for member in members:
                yield from named_in(member, inside_objects=inside_objects)
        case ObjectOf(fields):
            yield from named_in_fields(fields) if inside_objects else ()
        case Scalar() | EnumOf():
            pass


def named_in_fields(fields: tuple[Field, ...]) -> Iterator[str]:
    """The named types that fields mention."""
    for field in fields:
        yield from named_in(field.type)


def named_in_definition(definition: TypeDef) -> frozenset[str]:
    """The named types that a definition mentions."""
    match definition:
        case ObjectDef(fields=fields):
            return frozenset(named_in_fields(fields))
        case AliasDef(of=of):
            return frozenset(named_in(of))
        case TaggedUnionDef(members=members):
            return frozenset(members)
        case EnumDef():
            return frozenset()
