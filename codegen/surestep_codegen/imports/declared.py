"""The named types of an import, and the names that are given to what a type expression cannot hold."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from surestep_codegen.imports.names import free_name, type_name
from surestep_codegen.limits import MAX_INLINE_ENUM_CHARACTERS
from surestep_dsl.datatypes import (
    NO_CONSTRAINTS,
    AliasDef,
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
    ScalarKind,
    TypeDef,
    UnionOf,
    holds_object,
)

__all__ = ["Declared"]

_NULL = Scalar(ScalarKind.NULL)
_JSON = Scalar(ScalarKind.JSON)


@dataclass(frozen=True, slots=True)
class Declared:
    """Types by name.

    Attributes:
        reserved: names given away: of types, known yet or not, and of the classes of events and nested objects.
    """

    types: dict[str, TypeDef] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)

    def reserve(self, name: str) -> str:
        """A type name like this one that nothing else has."""
        return self.reserve_class(type_name(name))

    def reserve_class(self, name: str) -> str:
        """A class name like this one that nothing else has."""
        found = free_name(name, self.reserved)
        self.reserved.add(found)
        return found

    def give_name(self, data_type: DataType, hint: str) -> Named:
        """Declare a type under a name of its own."""
        name = self.reserve(hint)
        match data_type:
            case ObjectOf(fields):
                self.types[name] = ObjectDef(name, fields)
            case EnumOf(values):
                self.types[name] = EnumDef(name, values)
            case _:
                self.types[name] = AliasDef(name, data_type)
        return Named(name)

    def short(self, data_type: DataType, hint: str) -> DataType:
        """The type, or a name for an enum that is too long to stand in a line."""
        is_long = isinstance(data_type, EnumOf) and len(json.dumps(data_type.values)) > MAX_INLINE_ENUM_CHARACTERS
        return self.give_name(data_type, hint) if is_long else data_type

    def nested(self, data_type: DataType, hint: str) -> DataType:
        """The type of a field; an object in it is the class `hint`, or gets a name where something else has that."""
        if not holds_object(data_type):
            return data_type
        if hint in self.reserved:
            return self.inline(data_type, hint)
        self.reserved.add(hint)
        return data_type

    def inline(self, data_type: DataType, hint: str) -> DataType:
        """The type in a form that a type expression can hold."""
        match data_type:
            case Scalar(_, constraints) if constraints == NO_CONSTRAINTS:
                return data_type
            case Named():
                return data_type
            case EnumOf():
                return self.short(data_type, hint)
            case ListOf(items, constraints) if constraints == NO_CONSTRAINTS:
                return ListOf(self.inline(items, hint))
            case MapOf(values, constraints) if constraints == NO_CONSTRAINTS:
                return MapOf(self.inline(values, hint))
            case Nullable(of):
                return Nullable(self.inline(of, hint))
            case UnionOf(members):
                return UnionOf(tuple(self.inline(member, f"{hint}{at}") for at, member in enumerate(members, 1)))
            case _:
                return self.give_name(data_type, hint)

    def nullable(self, data_type: DataType, hint: str) -> DataType:
        """The type or null; bounds stay on the type, objects get a name."""
        match data_type:
            case Scalar(kind):
                return data_type if kind in (ScalarKind.JSON, ScalarKind.NULL) else Nullable(data_type)
            case ListOf(items, constraints):
                return Nullable(ListOf(self.inline(items, hint), constraints))
            case MapOf(values, constraints):
                return Nullable(MapOf(self.inline(values, hint), constraints))
            case Nullable():
                return data_type
            case _:
                return Nullable(self.inline(data_type, hint))

    def union(self, members: Iterable[DataType], hint: str) -> DataType:
        """One type that accepts what any member accepts; flat, null outside, json alone."""
        parts, is_nullable = dict[DataType, None](), False
        for member in members:
            inner = member.of if isinstance(member, Nullable) else member
            is_nullable = is_nullable or inner is not member or inner == _NULL
            parts |= dict.fromkeys(inner.members if isinstance(inner, UnionOf) else [inner])
        parts.pop(_NULL, None)
        if _JSON in parts or not parts:
            return _JSON if parts else _NULL
        kinds = _joined_enums(parts)
        if len(kinds) == 1:
            return self.nullable(kinds[0], hint) if is_nullable else kinds[0]
        union = UnionOf(tuple(self.inline(part, f"{hint}{at}") for at, part in enumerate(kinds, 1)))
        return Nullable(union) if is_nullable else union


def _joined_enums(parts: Iterable[DataType]) -> list[DataType]:
    """The parts, with all enums of texts as one."""
    kept: list[DataType] = []
    texts: dict[str, None] = {}
    for part in parts:
        values = tuple(value for value in part.values if isinstance(value, str)) if isinstance(part, EnumOf) else ()
        texts |= dict.fromkeys(values)
        if not values:
            kept.append(part)
    return [EnumOf(tuple(texts)), *kept] if texts else kept
