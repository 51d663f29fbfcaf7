"""Several objects as one that accepts what any of them accepts, and more."""

from collections.abc import Sequence

from surestep_codegen.imports.keywords import ABOUT, STRUCTURE
from surestep_dsl.datatypes import JsonValue

__all__ = ["join"]


def join(members: Sequence[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """The object with the fields of all members; required is what all require.

    Other keywords count where all members agree on them.
    """
    schemas = dict[str, list[JsonValue]]()
    for member in members:
        for name, schema in _properties(member).items():
            known = schemas.setdefault(name, [])
            if schema not in known:
                known.append(schema)
    own = {"properties", "required", *ABOUT, *STRUCTURE}
    shared = {key: value for key, value in members[0].items() if all(member.get(key) == value for member in members)}
    return {
        **{key: value for key, value in shared.items() if key not in own},
        "type": "object",
        "properties": {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in schemas.items()},
        "required": [name for name in schemas if all(name in _required(member) for member in members)],
    }


def _properties(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _required(schema: dict[str, JsonValue]) -> list[JsonValue]:
    found = schema.get("required")
    return found if isinstance(found, list) else []
