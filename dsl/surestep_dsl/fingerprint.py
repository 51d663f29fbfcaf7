"""Fingerprints of definitions: equal for equal meaning, whatever the order of keys, the comments and the file.

Texts for people (descriptions, names to show, examples) do not count; the order of fields does not count, that of
triggers and enum values does not either where it has no meaning. What counts is what the wire, a run or generated code
would notice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final

from surestep_dsl.datatypes import EnumDef, EnumOf, Field, JsonValue, Named, NoDefault, TaggedUnionDef, UnionOf
from surestep_dsl.flow import FunctionOptions
from surestep_dsl.model import EventDef, EventVersion, FunctionDef, Project, SendStep

__all__ = ["event_fingerprint", "fingerprint", "function_fingerprint"]

_FOR_PEOPLE: Final = frozenset({"description", "descriptions", "examples"})
_UNORDERED: Final = {
    EnumOf: "values",
    EnumDef: "values",
    UnionOf: "members",
    TaggedUnionDef: "members",
    FunctionOptions: "emits",
    FunctionDef: "steps",
    SendStep: "events",
}
_CHARACTERS: Final = 32


def fingerprint(definition: object) -> str:
    """A hash of a definition as it stands, without the named types it mentions."""
    text = json.dumps(_canonical(definition), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_CHARACTERS]


def event_fingerprint(project: Project, event: EventDef) -> str:
    """A hash of an event and of every named type it reaches."""
    return fingerprint((event, _reached(project, event)))


def function_fingerprint(project: Project, function: FunctionDef) -> str:
    """A hash of a function and of every named type that its input and result reach."""
    return fingerprint((function, _reached(project, function)))


def _reached(project: Project, definition: object) -> dict[str, object]:
    """Named types that a definition mentions, directly or through others."""
    reached: dict[str, object] = {}
    waiting = [definition]
    while waiting:
        for name in _named_in(waiting.pop()):
            if name in project.types and name not in reached:
                reached[name] = project.types[name]
                waiting.append(project.types[name])
    return reached


def _named_in(value: object) -> set[str]:
    match value:
        case Named(name):
            return {name}
        case TaggedUnionDef(members=members):
            return set(members)
        case tuple():
            return {name for item in value for name in _named_in(item)}
        case _ if is_dataclass(value):
            names = {name for part in fields(value) for name in _named_in(getattr(value, part.name))}
            match value:
                case (
                    EventDef(data_type=str(name))
                    | EventVersion(data_type=str(name))
                    | FunctionDef(input_type=str(name))
                ):
                    names.add(name)
                case _:
                    pass
            return names
        case _:
            return set()


def _canonical(value: object) -> JsonValue:
    """A value as JSON: dataclasses with the name of their class, so that equal fields of two kinds differ."""
    match value:
        case Enum():
            return str(value.value)
        case None | bool() | int() | float() | str():
            return value
        case NoDefault():
            return {"no": "default"}
        case tuple() | list():
            items = [_canonical(item) for item in value]
            return sorted(items, key=json.dumps) if value and isinstance(value[0], Field) else items
        case Mapping():
            return {str(key): _canonical(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            parts: dict[str, JsonValue] = {"": type(value).__name__}
            for part in fields(value):
                if part.name in _FOR_PEOPLE or (part.name == "name" and isinstance(value, FunctionOptions)):
                    continue
                found = _canonical(getattr(value, part.name))
                unordered = part.name == _UNORDERED.get(type(value)) and isinstance(found, list)
                parts[part.name] = sorted(found, key=json.dumps) if unordered and isinstance(found, list) else found
            return parts
        case _:
            raise TypeError(f"{type(value).__name__} is no part of a definition")
