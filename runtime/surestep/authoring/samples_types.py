"""The types of a generated class, read back from its annotations into those of the spec language.

So samples and strategies are made from what the class says, without the specs. Classes written by hand are read, too,
as far as their fields have types that the language knows.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, JsonValue as PydanticJson
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from surestep.authoring.absence import ABSENT
from surestep.authoring.bounds import UNIQUE_ITEMS, MultipleOf, OneOf
from surestep_dsl.constraints import intersect
from surestep_dsl.datatypes import (
    NO_CONSTRAINTS,
    AliasDef,
    Bound,
    Constraints,
    DataType,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    Scalar,
    ScalarKind,
    TypeDef,
    UnionOf,
)
from surestep_dsl.duration import format_duration

__all__ = ["ReadTypes"]

_KINDS: Final[Mapping[object, ScalarKind]] = {
    str: ScalarKind.STRING,
    int: ScalarKind.INTEGER,
    float: ScalarKind.NUMBER,
    bool: ScalarKind.BOOLEAN,
    datetime: ScalarKind.DATETIME,
    date: ScalarKind.DATE,
    time: ScalarKind.TIME,
    timedelta: ScalarKind.DURATION,
    UUID: ScalarKind.UUID,
    Decimal: ScalarKind.DECIMAL,
    bytes: ScalarKind.BYTES,
    NoneType: ScalarKind.NULL,
    None: ScalarKind.NULL,
    PydanticJson: ScalarKind.JSON,
    Any: ScalarKind.JSON,
    object: ScalarKind.JSON,
}
_BOUNDS: Final = {"ge": "min", "le": "max", "gt": "exclusive_min", "lt": "exclusive_max", "multiple_of": "multiple_of"}
_LENGTHS: Final = ("min_length", "max_length", "pattern")


@dataclass(slots=True)
class ReadTypes:
    """Classes and circular aliases that have been read, by a name that is theirs alone.

    Attributes:
        types: what they are.
        open: names of those that accept unknown fields.
    """

    types: dict[str, TypeDef] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def read_class(self, model: type[BaseModel]) -> Named:
        """A class, and all that its fields refer to.

        Raises:
            TypeError: a field has a type that no spec has.
        """
        name = f"{model.__module__}.{model.__qualname__}"
        if name not in self.types:
            self.types[name] = ObjectDef(name, ())  # so that a circle ends
            hints = get_type_hints(model, include_extras=True)
            fields = tuple(self._field(*found, hints) for found in model.model_fields.items())
            about = model.model_config.get("json_schema_extra")
            examples = about.get("examples", []) if isinstance(about, dict) else []
            self.types[name] = ObjectDef(name, fields, examples=tuple(cast("list[JsonValue]", examples)))
            if model.model_config.get("extra") == "allow":
                self.open.add(name)
        return Named(name)

    def _field(self, name: str, info: FieldInfo, hints: Mapping[str, object]) -> Field:
        bare, marks = _unwrap(hints[name])
        members = [member for member in _members(bare) if member != Literal[ABSENT]]
        is_omittable = info.exclude_if is not None and len(members) == len(_members(bare))
        if is_omittable:
            members = [member for member in members if member is not NoneType]
        data_type = self._union(members, marks) if is_omittable or len(members) > 1 else self._bare(bare, marks)
        examples = tuple(cast("list[JsonValue]", info.examples or ()))
        wire_name = info.alias or name
        return Field(wire_name, data_type, optional=not info.is_required(), examples=examples, python=name)

    def read_type(self, annotation: object) -> DataType:
        """A type of a field.

        Raises:
            TypeError: no spec has it.
        """
        read = self._bare(*_unwrap(annotation))
        marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
        examples = [value for mark in marks if isinstance(mark, FieldInfo) for value in mark.examples or ()]
        if not examples:
            return read
        name = f"{len(self.types)}"
        self.types[name] = AliasDef(name, read, examples=tuple(cast("list[JsonValue]", examples)))
        return Named(name)

    def _bare(self, bare: object, marks: tuple[object, ...]) -> DataType:
        kinds = [mark.kind for mark in marks if isinstance(getattr(mark, "kind", None), ScalarKind)]  # type: ignore[attr-defined]
        kind = kinds[0] if kinds else _KINDS.get(bare)
        if kind is not None:
            choice = next((mark.values for mark in marks if isinstance(mark, OneOf)), None)
            return Scalar(kind, _constraints(kind, marks)) if choice is None else EnumOf(choice)
        origin, arguments = get_origin(bare), get_args(bare)
        if origin in (Union, UnionType):
            return self._union(arguments, marks)
        if origin is Literal:
            return EnumOf(arguments)
        if origin is list:
            return ListOf(self.read_type(arguments[0]), _item_constraints(marks))
        if origin is dict:
            return MapOf(self.read_type(arguments[1]), _item_constraints(marks))
        if isinstance(bare, TypeAliasType):
            return self._alias(bare)
        if isinstance(bare, type) and issubclass(bare, Enum):
            return EnumOf(tuple(member.value for member in bare))
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            return self.read_class(bare)
        raise TypeError(f"no sample can be made of {bare!r}: specs have no such type")

    def _union(self, members: Iterable[object], marks: tuple[object, ...]) -> DataType:
        kept = [member for member in members if member is not NoneType]
        read = tuple(self.read_type(member) for member in kept)
        inner = UnionOf(read) if len(read) > 1 else self._bare(*_joined(kept[0], marks))
        return inner if len(kept) == len(list(members)) else Nullable(inner)

    def _alias(self, alias: TypeAliasType) -> Named:
        name = f"{alias.__module__}.{alias.__name__}"
        if name not in self.types:
            self.types[name] = AliasDef(name, Named(name))  # so that a circle ends
            holder = SimpleNamespace(__annotations__={"value": alias.__value__})
            hints = get_type_hints(holder, vars(sys.modules[str(alias.__module__)]), include_extras=True)
            self.types[name] = AliasDef(name, self.read_type(hints["value"]))
        return Named(name)


def _unwrap(annotation: object) -> tuple[object, tuple[object, ...]]:
    """What is annotated, and with what."""
    if get_origin(annotation) is not Annotated:
        return annotation, ()
    bare, *marks = get_args(annotation)
    return bare, tuple(_flat(marks))


def _joined(annotation: object, marks: tuple[object, ...]) -> tuple[object, tuple[object, ...]]:
    bare, own = _unwrap(annotation)
    return bare, (*own, *marks)


def _flat(marks: Iterable[object]) -> Iterator[object]:
    for mark in marks:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)


def _members(bare: object) -> tuple[object, ...]:
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)


def _constraints(kind: ScalarKind, marks: tuple[object, ...]) -> Constraints:
    found = NO_CONSTRAINTS
    for mark in marks:
        stated: dict[str, Any] = {
            name: _bound(getattr(mark, attribute))
            for attribute, name in _BOUNDS.items()
            if getattr(mark, attribute, None) is not None
        }
        stated |= {name: getattr(mark, name) for name in _LENGTHS if getattr(mark, name, None) is not None}
        if isinstance(mark, MultipleOf):
            stated["multiple_of"] = str(mark.step)
        both = intersect(kind, found, Constraints(**stated))
        found = found if isinstance(both, str) else both
    return found


def _item_constraints(marks: tuple[object, ...]) -> Constraints:
    lengths = {name: value for mark in marks for name in _LENGTHS if (value := getattr(mark, name, None)) is not None}
    return Constraints(
        min_items=lengths.get("min_length"),
        max_items=lengths.get("max_length"),
        unique_items=UNIQUE_ITEMS in marks or None,
    )


def _bound(value: object) -> Bound:
    """A bound as the wire spells it."""
    match value:
        case int() | float():
            return value
        case date() | time():
            return value.isoformat()
        case timedelta():
            return format_duration(value // timedelta(milliseconds=1))
        case _:
            return str(value)
