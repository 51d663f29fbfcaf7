"""A plausible value for a type: an example of the spec where there is one, a default, or one made from the bounds.

What is made is held against the types; where it is refused, for instance by a pattern, there is no sample.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from surestep_codegen.limits import MAX_SAMPLE_TYPES
from surestep_dsl.accept import find_refusal, find_refusal_of_fields
from surestep_dsl.datatypes import (
    AliasDef,
    Constraints,
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
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)

__all__ = ["make_sample"]

_CANDIDATES: Final[Mapping[ScalarKind, tuple[JsonValue, ...]]] = {
    ScalarKind.STRING: ("text", "a", "A", "1", "abc", "ABC", "123", "abc-123", "ABC-123", "a1", "A1"),
    ScalarKind.INTEGER: (1, 0, 10, 100, 1000, -1),
    ScalarKind.NUMBER: (1.5, 1, 0, 0.5, 10, 100, -1),
    ScalarKind.BOOLEAN: (True,),
    ScalarKind.DATETIME: ("2025-01-31T12:00:00Z",),
    ScalarKind.DATE: ("2025-01-31",),
    ScalarKind.TIME: ("12:00:00",),
    ScalarKind.DURATION: ("1h", "1s", "1d", "1m", "500ms"),
    ScalarKind.UUID: ("6ba7b810-9dad-11d1-80b4-00c04fd430c8",),
    ScalarKind.DECIMAL: ("9.50", "1", "0", "0.5", "100"),
    ScalarKind.BYTES: ("aGVsbG8=", "aGk=", ""),
    ScalarKind.URL: ("https://example.org/page",),
    ScalarKind.EMAIL: ("ada@example.org",),
    ScalarKind.JSON: ({"any": "value"},),
    ScalarKind.NULL: (None,),
}
_BOUNDS: Final = ("min", "max", "multiple_of")
"""Constraints that are values of the type themselves."""


class _NoSampleError(Exception):
    """Nothing that is tried fits."""


def make_sample(fields: tuple[Field, ...], types: Mapping[str, TypeDef]) -> JsonValue:
    """An object with these fields, or None where none is found."""
    try:
        sample = _Sampler(types).object(fields, ())
    except _NoSampleError:
        return None
    return None if find_refusal_of_fields(sample, fields, types) else sample


class _Sampler:
    def __init__(self, types: Mapping[str, TypeDef]) -> None:
        self.types = types
        self.entered = 0

    def object(self, fields: tuple[Field, ...], within: tuple[str, ...]) -> dict[str, JsonValue]:
        sample: dict[str, JsonValue] = {}
        for field in fields:
            try:
                sample[field.name] = self.field(field, within)
            except _NoSampleError:
                if not field.optional:
                    raise
        return sample

    def field(self, field: Field, within: tuple[str, ...]) -> JsonValue:
        if field.examples:
            return field.examples[0]
        return self.value(field.type, within) if isinstance(field.default, NoDefault) else field.default

    def value(self, data_type: DataType, within: tuple[str, ...]) -> JsonValue:
        """A value; `within` names the types on the way to it, so that a circle ends."""
        match data_type:
            case Scalar(kind, constraints):
                bounds = (getattr(constraints, name) for name in _BOUNDS)
                usual, *others = _CANDIDATES[kind]
                return self.first(data_type, [usual, *bounds, *others, *_texts(kind, constraints)])
            case EnumOf(values):
                return values[0]
            case Nullable(of):
                return self.or_null(of, within)
            case UnionOf(members):
                return self.first_made(members, within)
            case ListOf(items, constraints):
                return self.list(items, constraints, within)
            case MapOf(values, constraints):
                keys = [f"key{number}" for number in range(1, max(constraints.min_items or 0, 1) + 1)]
                return {key: self.value(values, within) for key in keys}
            case ObjectOf(fields):
                return self.object(fields, within)
            case Named(name):
                return self.named(self.types[name], within)

    def named(self, definition: TypeDef, within: tuple[str, ...]) -> JsonValue:
        self.entered += 1
        if definition.name in within or self.entered > MAX_SAMPLE_TYPES:
            raise _NoSampleError
        inside = (*within, definition.name)
        match definition:
            case ObjectDef(fields=fields, examples=examples):
                return examples[0] if examples else self.object(fields, inside)
            case AliasDef(of=of, examples=examples):
                return examples[0] if examples else self.value(of, inside)
            case EnumDef(values=values):
                return values[0]
            case TaggedUnionDef(members=members):
                return self.first_made([Named(member) for member in members], inside)

    def list(self, items: DataType, constraints: Constraints, within: tuple[str, ...]) -> JsonValue:
        count = constraints.min_items or 0
        try:
            return [self.value(items, within)] * max(count, 1)
        except _NoSampleError:
            if count:
                raise
            return []

    def or_null(self, data_type: DataType, within: tuple[str, ...]) -> JsonValue:
        try:
            return self.value(data_type, within)
        except _NoSampleError:
            return None

    def first_made(self, choices: Iterable[DataType], within: tuple[str, ...]) -> JsonValue:
        """Of the first type that has a sample."""
        for choice in choices:
            try:
                return self.value(choice, within)
            except _NoSampleError:
                continue
        raise _NoSampleError

    def first(self, data_type: DataType, candidates: Iterable[JsonValue]) -> JsonValue:
        """The first candidate that the type accepts."""
        for candidate in candidates:
            if find_refusal(candidate, data_type, self.types) is None:
                return candidate
        raise _NoSampleError


def _texts(kind: ScalarKind, constraints: Constraints) -> Iterable[str]:
    """Texts of the shortest and the longest length."""
    if kind is ScalarKind.STRING:
        return ("x" * length for length in (constraints.min_length or 1, constraints.max_length or 1) if length < 1000)
    return ()
