"""`allOf` as one schema, where that is exact: keywords are independent of each other, except within a few groups."""

from collections.abc import Mapping
from typing import Final

from surestep_codegen.imports.keywords import ABOUT, STRUCTURE
from surestep_dsl.datatypes import JsonValue

__all__ = ["merge"]

_GROUPS: Final = (
    ("additionalProperties", "properties", "patternProperties", "unevaluatedProperties"),
    ("unevaluatedProperties", "properties", "patternProperties", "additionalProperties"),
    ("prefixItems", "items", "unevaluatedItems", "additionalItems"),
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
)
"""The first of each looks at what the others of its own schema say, so it cannot stand beside those of another."""
_LARGEST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLEST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_NESTED: Final = ("items", "additionalProperties")


def merge(first: Mapping[str, JsonValue], second: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """A schema that accepts what both accept, or None where one schema cannot say that."""
    second = _as_closed_as(first, second)
    first = _as_closed_as(second, first)
    if _closes(first, second) or _closes(second, first):
        return None
    merged = dict(first)
    for keyword, value in second.items():
        if keyword not in merged or keyword in STRUCTURE:
            merged.setdefault(keyword, value)
        elif merged[keyword] != value and keyword not in ABOUT:
            both = _both(keyword, merged[keyword], value)
            if both is None:
                return None
            merged[keyword] = both
    return merged


def _as_closed_as(closed: Mapping[str, JsonValue], schema: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The schema with just the fields that a closed one beside it lets pass, and closed, too; else as it is."""
    own, properties, required = closed.get("properties"), schema.get("properties", {}), schema.get("required", [])
    if closed.get("additionalProperties") is not False or "patternProperties" in closed:
        return schema
    if schema.keys() & {"patternProperties", "unevaluatedProperties"}:
        return schema
    if not (isinstance(own, dict) and isinstance(properties, dict) and isinstance(required, list)):
        return schema
    if any(isinstance(name, str) and name not in own for name in required):
        return schema
    if schema.get("additionalProperties") is False:
        return {**schema, "properties": {name: found for name, found in properties.items() if name in own}}
    if schema.get("additionalProperties", True) is not True:
        return schema
    kept = {name: properties.get(name, found) for name, found in own.items()}
    return {**schema, "properties": kept, "additionalProperties": False}


def _closes(first: Mapping[str, JsonValue], second: Mapping[str, JsonValue]) -> bool:
    """Whether a keyword of one reaches what the other states."""
    for closing, *reached in _GROUPS:
        if first.get(closing, True) is not True and any(keyword in second for keyword in reached):
            same = _names(first) == _names(second) and first.get(closing) == second.get(closing)
            if not (same and closing == "additionalProperties"):
                return True
    return False


def _names(schema: Mapping[str, JsonValue]) -> set[str]:
    properties = schema.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _both(keyword: str, one: JsonValue, other: JsonValue) -> JsonValue:
    """The value that means both, or None."""
    if keyword in _NESTED and isinstance(one, dict) and isinstance(other, dict):
        return {"allOf": [one, other]}
    if isinstance(one, dict) and isinstance(other, dict) and keyword == "properties":
        shared: dict[str, JsonValue] = {
            name: {"allOf": [one[name], other[name]]} for name in one.keys() & other.keys() if one[name] != other[name]
        }
        return {**one, **other, **shared}
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _tighter(keyword, one, other)
    if keyword == "type":
        return _types(one, other)
    if isinstance(one, list) and isinstance(other, list):
        if keyword == "required":
            return [*one, *(name for name in other if name not in one)]
        if keyword == "enum":
            return [value for value in one if any(_same(value, member) for member in other)]
    return None


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Equal as JSON: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _tighter(keyword: str, one: float, other: float) -> JsonValue:
    if keyword in _LARGEST:
        return max(one, other)
    if keyword in _SMALLEST:
        return min(one, other)
    return True if keyword == "uniqueItems" else None


def _types(one: JsonValue, other: JsonValue) -> JsonValue:
    """The kinds that both name; every integer is a number. Never empty: that would be another meaning of `type`."""
    ones, others = ([kinds] if isinstance(kinds, str) else kinds for kinds in (one, other))
    if not isinstance(ones, list) or not isinstance(others, list):
        return None
    shared = [kind for kind in ones if kind in others or (kind == "integer" and "number" in others)]
    shared += [kind for kind in others if kind == "integer" and "number" in ones and kind not in shared]
    return shared or None
