"""Defaults and examples that their types refuse are left out: JSON Schema allows them, the language does not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surestep_codegen.remarks import Remarks
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import (
    NO_DEFAULT,
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.model import EventDef

__all__ = ["ValueFilter"]


@dataclass(frozen=True, slots=True)
class ValueFilter:
    """Keeps the values that fit; `types` are all that values can be of."""

    types: Mapping[str, TypeDef]
    remarks: Remarks

    def event(self, event: EventDef) -> EventDef:
        """An event with fitting values."""
        definition = self.types.get(event.data_type or "")
        payload = definition.fields if isinstance(definition, ObjectDef) else event.fields
        kept = self._examples(event.examples, ObjectOf(payload), event.name)
        previous = tuple(replace(older, fields=self.fields(older.fields, event.name)) for older in event.previous)
        return replace(event, fields=self.fields(event.fields, event.name), previous=previous, examples=kept)

    def definition(self, definition: TypeDef) -> TypeDef:
        """A named type with fitting values."""
        name = definition.name
        match definition:
            case ObjectDef(fields=fields, examples=examples):
                kept = self._examples(examples, ObjectOf(fields), name)
                return replace(definition, fields=self.fields(fields, name), examples=kept)
            case AliasDef(of=of, examples=examples):
                return replace(definition, of=self._inside(of, name), examples=self._examples(examples, of, name))
            case EnumDef() | TaggedUnionDef():
                return definition

    def fields(self, fields: tuple[Field, ...], where: str) -> tuple[Field, ...]:
        """Fields with fitting values."""
        return tuple(self._field(field, f"{where}.{field.name}") for field in fields)

    def _field(self, field: Field, where: str) -> Field:
        default = field.default
        if not isinstance(default, NoDefault) and (refusal := find_refusal(default, field.type, self.types)):
            self.remarks.note(where, "default", f"left out: {refusal}")
            default = NO_DEFAULT
        examples = self._examples(field.examples, field.type, where)
        return replace(field, type=self._inside(field.type, where), default=default, examples=examples)

    def _examples(self, examples: tuple[JsonValue, ...], data_type: DataType, where: str) -> tuple[JsonValue, ...]:
        kept: list[JsonValue] = []
        for example in examples:
            if refusal := find_refusal(example, data_type, self.types):
                self.remarks.note(where, "examples", f"one is left out: {refusal}")
            else:
                kept.append(example)
        return tuple(kept)

    def _inside(self, data_type: DataType, where: str) -> DataType:
        match data_type:
            case ObjectOf(fields):
                return ObjectOf(self.fields(fields, where))
            case ListOf(items):
                return replace(data_type, items=self._inside(items, where))
            case MapOf(values):
                return replace(data_type, values=self._inside(values, where))
            case Nullable(of):
                return Nullable(self._inside(of, where))
            case Scalar() | UnionOf() | EnumOf() | Named():
                return data_type
