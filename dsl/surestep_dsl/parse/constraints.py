"""Reads the constraints of a long form and attaches them to the type they narrow.

Whether each fits its type is decided in `resolve`, when names are known; only types that can carry none are refused
here.
"""

from dataclasses import replace
from typing import Final

from surestep_dsl.datatypes import (
    NO_CONSTRAINTS,
    Bound,
    Constraints,
    DataType,
    EnumOf,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectOf,
    Scalar,
    UnionOf,
)
from surestep_dsl.nodes import ScalarNode, Style
from surestep_dsl.parse.reader import KeyReader
from surestep_dsl.scalars import read_number

__all__ = ["CONSTRAINT_KEYS", "constrain", "parse_constraints"]

_BOUNDS: Final = ("min", "max", "exclusive_min", "exclusive_max", "multiple_of")
_COUNTS: Final = ("min_length", "max_length", "min_items", "max_items")
CONSTRAINT_KEYS: Final = (*_BOUNDS, "min_length", "max_length", "pattern", "min_items", "max_items", "unique_items")


def parse_constraints(keys: KeyReader) -> Constraints:
    """All constraints that a long form states."""
    if not keys.entries.keys() & set(CONSTRAINT_KEYS):
        return NO_CONSTRAINTS
    bounds = {key: _bound(keys.scalar(key)) for key in _BOUNDS}
    counts = {key: keys.integer(key, 0, None) for key in _COUNTS}
    return Constraints(
        min=bounds["min"],
        max=bounds["max"],
        exclusive_min=bounds["exclusive_min"],
        exclusive_max=bounds["exclusive_max"],
        multiple_of=bounds["multiple_of"],
        min_length=counts["min_length"],
        max_length=counts["max_length"],
        pattern=keys.text("pattern"),
        min_items=counts["min_items"],
        max_items=counts["max_items"],
        unique_items=keys.boolean("unique_items") or None,
    )


def constrain(data_type: DataType, constraints: Constraints, keys: KeyReader) -> DataType:
    """The type with its constraints; on `T?` they are on T."""
    if constraints == NO_CONSTRAINTS:
        return data_type
    match data_type:
        case Nullable(of):
            return Nullable(constrain(of, constraints, keys))
        case Scalar() | ListOf() | MapOf() | Named():
            return replace(data_type, constraints=constraints)
        case EnumOf() | UnionOf() | ObjectOf():
            kind = {EnumOf: "an enum", UnionOf: "a union", ObjectOf: "an object"}[type(data_type)]
            for key in CONSTRAINT_KEYS:
                if keys.has(key):
                    keys.findings.add("T103", f"`{key}` does not fit {kind}", keys.key_span(key))
            return data_type


def _bound(scalar: ScalarNode | None) -> Bound | None:
    if scalar is None:
        return None
    number = read_number(scalar.text) if scalar.style is Style.PLAIN else None
    return scalar.text if number is None else number
