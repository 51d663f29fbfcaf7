"""Hides sensitive values in what is shown: JSON is walked beside the type that it is of.

What a type does not say cannot be known: a step that returns such a value as plain text shows it.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Final, TypeAlias, get_args, get_origin, get_type_hints

from pydantic import BaseModel, JsonValue

from surestep.authoring.wire import Sensitive

__all__ = ["MASK", "StandIn", "mask"]

MASK: Final = "***"
"""What stands for a sensitive value."""


StandIn: TypeAlias = Callable[[object, JsonValue], JsonValue]
"""What stands for a sensitive value of a type."""


def _hide(_annotation: object, _value: JsonValue) -> JsonValue:
    return MASK


def mask(annotation: object, value: JsonValue, stand_in: StandIn = _hide) -> JsonValue:
    """`value`, the JSON of something of this type, with every sensitive part replaced; by MASK, unless told."""
    fields = _fields(annotation) if isinstance(annotation, type) else {}
    match value:
        case dict() if fields:
            return {
                name: mask(fields[name], part, stand_in) if name in fields else part for name, part in value.items()
            }
        case _ if Sensitive in {type(mark) for mark in getattr(annotation, "__metadata__", ())}:
            return stand_in(annotation, value)
        case _:
            return _mask_members(annotation, value, stand_in)


def _mask_members(annotation: object, value: JsonValue, stand_in: StandIn) -> JsonValue:
    """Within a union every member has its say, for what a value was read as is not known here."""
    origin, members = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, dict):
        return {name: mask(members[-1], part, stand_in) for name, part in value.items()}
    if isinstance(origin, type) and issubclass(origin, Sequence | set | frozenset) and isinstance(value, list):
        return [_mask_each(members, part, stand_in) for part in value]
    return _mask_each(members, value, stand_in)


def _mask_each(annotations: Sequence[object], value: JsonValue, stand_in: StandIn) -> JsonValue:
    return functools.reduce(lambda masked, annotation: mask(annotation, masked, stand_in), annotations, value)


@functools.lru_cache(maxsize=4096)
def _fields(annotation: type) -> dict[str, object]:
    """The members of an object by their names on the wire; none for what is no object."""
    if issubclass(annotation, BaseModel):
        hints = get_type_hints(annotation, include_extras=True)
        return {field.alias or name: hints[name] for name, field in annotation.model_fields.items()}
    if is_dataclass(annotation):
        return dict(get_type_hints(annotation, include_extras=True))
    return {}
