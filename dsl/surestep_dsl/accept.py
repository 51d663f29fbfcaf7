"""Whether a JSON value is of a type: used for defaults and examples, and by tools that have no generated code.

Says the first thing that is wrong, with the path to it.
"""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

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
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.expr.patterns import searcher
from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.json_text import canonical_json
from surestep_dsl.wire import bound_order, is_wire_value, wire_order

__all__ = ["find_refusal", "find_refusal_of_fields"]

Types: TypeAlias = Mapping[str, TypeDef]
_MAX_DEPTH: Final = 100
"""Aliases followed and values entered; only a circle of aliases gets here, and that is reported elsewhere."""


def find_refusal(value: JsonValue, data_type: DataType, types: Types, where: str = "") -> str | None:
    """Why `data_type` refuses `value`, or None where it accepts it."""
    return _Judge(types).refusal(value, data_type, where, 0)


def find_refusal_of_fields(value: JsonValue, fields: Sequence[Field], types: Types) -> str | None:
    """Why an object with these fields refuses `value`, or None."""
    return _Judge(types).object(value, fields, "", 0)


class _Judge:
    """Judges one value. What a named type says of a part of it is worked out once, however many unions ask."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.known: dict[tuple[int, str, str], str | None] = {}

    def refusal(self, value: JsonValue, data_type: DataType, where: str, depth: int) -> str | None:
        if depth > _MAX_DEPTH:
            return None
        match data_type:
            case Scalar(kind, constraints):
                return _scalar(value, kind, constraints, where)
            case Nullable(of):
                return None if value is None else self.refusal(value, of, where, depth + 1)
            case UnionOf(members):
                refusals = [self.refusal(value, member, where, depth + 1) for member in members]
                return _at(where, f"{_show(value)} fits no member of the union") if all(refusals) else None
            case ListOf(items, constraints):
                return self.list(value, items, constraints, where, depth)
            case MapOf(values, constraints):
                return self.map(value, values, constraints, where, depth)
            case EnumOf(values):
                return _enum(value, values, where)
            case ObjectOf(fields):
                return self.object(value, fields, where, depth)
            case Named(name):
                return self.named(value, name, where, depth)

    def named(self, value: JsonValue, name: str, where: str, depth: int) -> str | None:
        key = (id(value), where, name)
        if key not in self.known or depth > _MAX_DEPTH:
            self.known[key] = self.judged(value, name, where, depth)
        return self.known[key]

    def judged(self, value: JsonValue, name: str, where: str, depth: int) -> str | None:
        match self.types.get(name):
            case ObjectDef(fields=fields):
                return self.object(value, fields, where, depth)
            case EnumDef(values=values):
                return _enum(value, values, where)
            case AliasDef(of=of):
                return self.refusal(value, of, where, depth + 1)
            case TaggedUnionDef(members=members):
                refusals = [self.named(value, member, where, depth + 1) for member in members]
                return _at(where, f"{_show(value)} fits no member of `{name}`") if all(refusals) else None
            case None:
                return None

    def object(self, value: JsonValue, fields: Sequence[Field], where: str, depth: int) -> str | None:
        if not isinstance(value, dict):
            return _at(where, f"{_show(value)} is not an object")
        for field in fields:
            if field.name not in value:
                if not field.optional:
                    return _at(where, f"the field `{field.name}` is missing")
                continue
            if refusal := self.refusal(value[field.name], field.type, f"{where}.{field.name}", depth + 1):
                return refusal
        unknown = value.keys() - {field.name for field in fields}
        return _at(where, f"there is no field `{min(unknown)}`") if unknown else None

    def list(self, value: JsonValue, items: DataType, limits: Constraints, where: str, depth: int) -> str | None:
        if not isinstance(value, list):
            return _at(where, f"{_show(value)} is not a list")
        if refusal := _count(len(value), "items", limits.min_items, limits.max_items, where):
            return refusal
        if limits.unique_items and len({canonical_json(item) for item in value}) < len(value):
            return _at(where, "an item stands twice in a list of unique items")
        found = (self.refusal(item, items, f"{where}[{at}]", depth + 1) for at, item in enumerate(value))
        return next(filter(None, found), None)

    def map(self, value: JsonValue, values: DataType, limits: Constraints, where: str, depth: int) -> str | None:
        if not isinstance(value, dict):
            return _at(where, f"{_show(value)} is not a mapping")
        if refusal := _count(len(value), "entries", limits.min_items, limits.max_items, where):
            return refusal
        found = (self.refusal(item, values, f"{where}.{key}", depth + 1) for key, item in value.items())
        return next(filter(None, found), None)


def _scalar(value: JsonValue, kind: ScalarKind, limits: Constraints, where: str) -> str | None:
    if not is_wire_value(kind, value):
        return _at(where, f"{_show(value)} is not of type {kind}")
    order = wire_order(kind, value)
    if order is not None:
        return _bounds(value, order, kind, limits, where)
    if isinstance(value, str) and kind is not ScalarKind.JSON:
        # base64 writes four characters for three bytes; a length counts the bytes
        length = len(value.rstrip("=")) * 3 // 4 if kind is ScalarKind.BYTES else len(value)
        if refusal := _count(length, "characters", limits.min_length, limits.max_length, where):
            return refusal
        if limits.pattern is not None and not _matches(limits.pattern, value):
            return _at(where, f"{_show(value)} does not match the pattern {limits.pattern}")
    return None


def _matches(pattern: str, text: str) -> bool:
    """Search semantics; a pattern that does not compile is reported elsewhere and matches everything."""
    try:
        return searcher(pattern)(text)
    except EvaluationError:
        return True


def _bounds(value: JsonValue, order: Fraction, kind: ScalarKind, limits: Constraints, where: str) -> str | None:
    low, high = bound_order(kind, limits.min), bound_order(kind, limits.max)
    above, below = bound_order(kind, limits.exclusive_min), bound_order(kind, limits.exclusive_max)
    if low is not None and order < low:
        return _at(where, f"{_show(value)} is less than {limits.min}")
    if high is not None and order > high:
        return _at(where, f"{_show(value)} is more than {limits.max}")
    if above is not None and order <= above:
        return _at(where, f"{_show(value)} is not more than {limits.exclusive_min}")
    if below is not None and order >= below:
        return _at(where, f"{_show(value)} is not less than {limits.exclusive_max}")
    step = wire_order(ScalarKind.DECIMAL, limits.multiple_of)
    number = wire_order(ScalarKind.DECIMAL, value)
    if step and number is not None and number % step:
        return _at(where, f"{_show(value)} is not a multiple of {limits.multiple_of}")
    return None


def _count(count: int, what: str, low: int | None, high: int | None, where: str) -> str | None:
    if low is not None and count < low:
        return _at(where, f"{count} {what} are less than {low}")
    if high is not None and count > high:
        return _at(where, f"{count} {what} are more than {high}")
    return None


def _enum(value: JsonValue, values: Sequence[str | int | float], where: str) -> str | None:
    if not isinstance(value, bool) and isinstance(value, str | int | float) and value in values:
        return None
    return _at(where, f"{_show(value)} is not one of {', '.join(str(known) for known in values)}")


def _at(where: str, problem: str) -> str:
    return f"at `{where.removeprefix('.')}`: {problem}" if where else problem


def _show(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
