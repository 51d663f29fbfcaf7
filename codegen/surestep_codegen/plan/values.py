"""JSON values of a spec (defaults, bounds) as Python expressions of the type they belong to."""

import functools
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import cast

from surestep_codegen.plan.index import Index
from surestep_codegen.python import Reference, Scope, spell_text
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import (
    AliasDef,
    Bound,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    UnionOf,
)
from surestep_dsl.duration import parse_duration
from surestep_dsl.names import enum_member_name, field_name

__all__ = ["ValueSpeller", "attribute_name", "enum_members"]


def attribute_name(field: Field) -> str:
    """A field's Python name: chosen in the spec, or by rule."""
    return field.python or _field_name(field.name)


_field_name = functools.lru_cache(maxsize=65_536)(field_name)
"""Fields of many events have the same few names."""


def enum_members(definition: EnumDef) -> dict[str | int | float, str]:
    """Python names of an enum's members by value."""
    return {value: definition.python_names.get(str(value)) or enum_member_name(value) for value in definition.values}


@dataclass(frozen=True, slots=True)
class ValueSpeller:
    """Spells values in one module."""

    index: Index
    scope: Scope

    def value(self, value: JsonValue, data_type: DataType, owner: str | Reference) -> str:
        """`value` as an expression; `owner` is the class that an object without a name has in this type."""
        match data_type:
            case Scalar(kind):
                return self.scalar(value, kind)
            case Nullable(of):
                return "None" if value is None else self.value(value, of, owner)
            case UnionOf(members):
                types = self.index.project.types
                fitting = next(member for member in members if find_refusal(value, member, types) is None)
                return self.value(value, fitting, owner)
            case ListOf(items):
                spelled = (self.value(item, items, owner) for item in cast("list[JsonValue]", value))
                return f"[{', '.join(spelled)}]"
            case MapOf(values):
                members_of = cast("dict[str, JsonValue]", value).items()
                return f"{{{', '.join(f'{key!r}: {self.value(item, values, owner)}' for key, item in members_of)}}}"
            case EnumOf(values):
                return repr(next(known for known in values if known == value))
            case ObjectOf():
                local = owner if isinstance(owner, str) else self.scope.reference(owner)
                return f"{local}.model_validate({value!r})"
            case Named(name):
                return self.named(value, name)

    def named(self, value: JsonValue, name: str) -> str:
        """A value of a named type."""
        definition = self.index.project.types[name]
        match definition:
            case ObjectDef():
                return f"{self.scope.reference(self.index.type(name))}.model_validate({value!r})"
            case EnumDef():
                member = enum_members(definition)[cast("str | int | float", value)]
                return f"{self.scope.reference(self.index.type(name))}.{member}"
            case AliasDef(of=of):
                return self.value(value, of, self.index.alias_object(name))
            case TaggedUnionDef(members=members):
                types = self.index.project.types
                return self.named(value, next(m for m in members if find_refusal(value, Named(m), types) is None))

    def scalar(self, value: JsonValue, kind: ScalarKind) -> str:
        """A value of a scalar."""
        match kind:
            case ScalarKind.INTEGER:
                return repr(int(cast("float", value)))
            case ScalarKind.NUMBER:
                return repr(float(cast("float", value)))
            case ScalarKind.DATETIME | ScalarKind.DATE | ScalarKind.TIME:
                return f"{self.scope.library('datetime', kind.value)}.fromisoformat({spell_text(str(value).upper())})"
            case ScalarKind.DURATION:
                name = self.scope.library("datetime", "timedelta")
                return f"{name}(milliseconds={parse_duration(str(value))})"
            case ScalarKind.UUID:
                return f"{self.scope.library('uuid', 'UUID')}({spell_text(str(value))})"
            case ScalarKind.DECIMAL:
                return f"{self.scope.library('decimal', 'Decimal')}({spell_text(str(value))})"
            case ScalarKind.BYTES:
                return f"{self.scope.library('base64', 'b64decode')}({spell_text(str(value))})"
            case (
                ScalarKind.STRING
                | ScalarKind.BOOLEAN
                | ScalarKind.URL
                | ScalarKind.EMAIL
                | ScalarKind.JSON
                | ScalarKind.NULL
            ):
                return repr(value)

    def constraints(self, constraints: Constraints, kind: ScalarKind | None) -> tuple[tuple[str, str], ...]:
        """Bounds as keyword arguments of pydantic's `Field`; lengths of lists and maps have no `kind`."""
        bounds = (
            ("ge", constraints.min),
            ("le", constraints.max),
            ("gt", constraints.exclusive_min),
            ("lt", constraints.exclusive_max),
            ("multiple_of", constraints.multiple_of),
        )
        counts = (
            ("min_length", constraints.min_length),
            ("max_length", constraints.max_length),
            ("min_length", constraints.min_items),
            ("max_length", constraints.max_items),
            ("pattern", constraints.pattern),
        )
        spelled = [(name, self._bound(name, value, kind)) for name, value in bounds if value is not None and kind]
        return (*spelled, *((name, repr(value)) for name, value in counts if value is not None))

    def _bound(self, name: str, value: Bound, kind: ScalarKind) -> str:
        """A bound; that of an integer may be a fraction, and then the nearest whole number within says the same."""
        if kind is not ScalarKind.INTEGER or isinstance(value, str):
            return self.scalar(value, kind)
        match name:
            case "multiple_of":
                return repr(Fraction(str(value)).numerator)
            case "ge" | "lt":
                return repr(ceil(value))
            case _:
                return repr(floor(value))
