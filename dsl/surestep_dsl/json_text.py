"""One text for each JSON value: values that JSON Schema calls equal have equal texts, and others have not."""

import json
from math import isfinite

from surestep_dsl.datatypes import JsonValue

__all__ = ["canonical_json", "canonical_scalar"]


def canonical_json(value: JsonValue) -> str:
    """The text of any value: keys sorted, `1` for 1 and 1.0; true is not 1."""
    return json.dumps(_plain(value), sort_keys=True)


def canonical_scalar(value: object) -> str | None:
    """The same of a scalar; None for objects, arrays and numbers that JSON does not have."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value)
        case float() if isfinite(value):
            return json.dumps(_plain(value))
        case _:
            return None


def _plain(value: JsonValue) -> JsonValue:
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value
