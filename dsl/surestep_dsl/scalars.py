"""What a scalar's text means: YAML 1.2's core schema, and values read with a type in mind.

Where a text is wanted, plain scalars count by their source text; this module is for the places where it is not.
"""

import re
from collections.abc import Mapping
from typing import Final

from surestep_dsl.datatypes import (
    AliasDef,
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
from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode, Style

__all__ = ["core_value", "json_of", "read_integer", "read_number"]

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,40}")
_OCTAL: Final = re.compile(r"0o[0-7]{1,40}")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,40}")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: Final = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_NON_TEXT_KINDS: Final = (ScalarKind.INTEGER, ScalarKind.NUMBER, ScalarKind.BOOLEAN, ScalarKind.NULL, ScalarKind.JSON)


def read_integer(text: str) -> int | None:
    """An integer of the core schema, or None."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, base=0)
    return int(text, base=0) if _HEXADECIMAL.fullmatch(text) else None


def read_number(text: str) -> int | float | None:
    """A number of the core schema, or None; infinities and NaN are no JSON and count as None."""
    integer = read_integer(text)
    if integer is not None:
        return integer
    number = float(text) if _FLOAT.fullmatch(text) else float("inf")
    return None if number in (float("inf"), float("-inf")) else number


def core_value(scalar: ScalarNode) -> JsonValue:
    """A scalar by the core schema: null, boolean, number or text."""
    if scalar.style is not Style.PLAIN:
        return scalar.text
    if scalar.text in _WORDS:
        return _WORDS[scalar.text]
    number = read_number(scalar.text)
    return scalar.text if number is None else number


def json_of(node: Node, data_type: DataType, types: Mapping[str, TypeDef]) -> JsonValue:
    """The JSON value of a node where `data_type` is expected.

    The type decides only how plain scalars read (`no` for a string is "no"); whether the value fits is another
    question.
    """
    match node:
        case ScalarNode():
            return node.text if _wants_text(node, data_type, types) else core_value(node)
        case SequenceNode():
            items = _items_of(data_type, types)
            return [json_of(item, items, types) for item in node.items]
        case MappingNode():
            fields, values = _fields_of(data_type, types)
            return {
                entry.key.text: json_of(entry.value, fields.get(entry.key.text, values), types)
                for entry in node.entries
            }


_JSON: Final = Scalar(ScalarKind.JSON)


def _wants_text(node: ScalarNode, data_type: DataType, types: Mapping[str, TypeDef]) -> bool:
    match _unalias(data_type, types):
        case Scalar(kind):
            return kind not in _NON_TEXT_KINDS
        case EnumOf(values) | EnumDef(values=values):
            return bool(values) and isinstance(values[0], str)
        case Nullable(of):
            return core_value(node) is not None and _wants_text(node, of, types)
        case _:
            return False


def _items_of(data_type: DataType, types: Mapping[str, TypeDef]) -> DataType:
    match _unalias(data_type, types):
        case ListOf(items):
            return items
        case Nullable(of):
            return _items_of(of, types)
        case _:
            return _JSON


def _fields_of(data_type: DataType, types: Mapping[str, TypeDef]) -> tuple[dict[str, DataType], DataType]:
    """Types of known keys, and of all others."""
    match _unalias(data_type, types):
        case ObjectOf(fields) | ObjectDef(fields=fields):
            return _types_by_name(fields), _JSON
        case MapOf(values):
            return {}, values
        case Nullable(of):
            return _fields_of(of, types)
        case _:
            return {}, _JSON


def _types_by_name(fields: tuple[Field, ...]) -> dict[str, DataType]:
    return {field.name: field.type for field in fields}


def _unalias(
    data_type: DataType, types: Mapping[str, TypeDef]
) -> Scalar | Nullable | UnionOf | ListOf | MapOf | EnumOf | ObjectOf | ObjectDef | EnumDef | TaggedUnionDef:
    """Follow aliases to what they name; circles and unknown names count as json."""
    for _ in range(len(types) + 1):
        if not isinstance(data_type, Named):
            return data_type
        definition = types.get(data_type.name)
        if not isinstance(definition, AliasDef):
            return definition or _JSON
        data_type = definition.of
    return _JSON
