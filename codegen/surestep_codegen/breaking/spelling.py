"""How types, values and paths are written in findings."""

import json
from typing import Final

from surestep_dsl.datatypes import (
    Bound,
    DataType,
    EnumOf,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectOf,
    Scalar,
    UnionOf,
)
from surestep_dsl.model import Path

__all__ = ["ENTRIES", "ITEMS", "spell_bound", "spell_path", "spell_type", "spell_value"]

ITEMS: Final = "[]"
"""The part of a path that stands for every item of a list."""
ENTRIES: Final = "{}"
"""The part of a path that stands for every entry of a map."""
_MAX_CHARACTERS: Final = 60


def spell_type(data_type: DataType) -> str:
    """A type expression; what is long is cut, bounds are left out."""
    text = _type(data_type)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[: _MAX_CHARACTERS - 3]}..."


def _type(data_type: DataType) -> str:
    match data_type:
        case Scalar(kind):
            return kind.value
        case Nullable(UnionOf() as of):
            return f"({_type(of)})?"
        case Nullable(of):
            return f"{_type(of)}?"
        case UnionOf(members):
            return " | ".join(map(_type, members))
        case ListOf(items):
            return f"list[{_type(items)}]"
        case MapOf(values):
            return f"map[{_type(values)}]"
        case EnumOf(values):
            return f"enum[{', '.join(map(str, values))}]"
        case ObjectOf(fields):
            return f"{{{', '.join(field.name for field in fields)}}}"
        case Named(name):
            return name


def spell_bound(bound: Bound | None) -> str:
    """A constraint's value."""
    return "none" if bound is None else str(bound)


def spell_value(value: JsonValue) -> str:
    """A JSON value; what is long is cut."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[: _MAX_CHARACTERS - 3]}..."


def spell_path(path: Path) -> str:
    """`events.order/created.data.lines[].sku`."""
    text = "".join(str(part) if part in (ITEMS, ENTRIES) else f".{part}" for part in path)
    return text.removeprefix(".")
