"""What an expression may talk about: the events by name and type, and the use it is put to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from surestep_dsl.datatypes import DataType, EnumOf, Field, ObjectOf, Scalar, ScalarKind, TypeDef
from surestep_dsl.expr.static_types import Type, static_type

__all__ = ["EventScope", "Scope", "Use"]


class Use(StrEnum):
    """What an expression is for: this decides its result type and how bad a field is that only some events have."""

    FILTER = "filter"
    """`if` of a trigger or a batch: a boolean; a field missing on some events is an error."""
    ANSWER = "answer"
    """`if` of `cancel_on` and waits: a boolean; a field missing on some events is a warning."""
    KEY = "key"
    """A key: a scalar that is not sensitive; a field missing on some events is an error."""
    PRIORITY = "priority"
    """A priority: an int; a field missing on some events is an error."""


@dataclass(frozen=True)
class EventScope:
    """An event as expressions see it; `data` is its payload. One scope can serve many expressions."""

    name: str
    data: DataType

    @cached_property
    def type(self) -> Type:
        """`name data id ts v`; `v` is absent where the event has no version."""
        text = Scalar(ScalarKind.STRING)
        fields = (
            Field("name", EnumOf((self.name,))),
            Field("data", self.data),
            Field("id", text),
            Field("ts", Scalar(ScalarKind.INTEGER)),
            Field("v", text, optional=True),
        )
        return static_type(ObjectOf(fields))


@dataclass(frozen=True, slots=True)
class Scope:
    """One combination of events: `event`, `async` where there is such a one, and the types that their data names."""

    event: EventScope
    other: EventScope | None = None
    types: Mapping[str, TypeDef] = field(default_factory=dict)
