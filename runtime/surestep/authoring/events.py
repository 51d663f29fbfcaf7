"""Base classes of generated event and payload classes.

What crosses the wire is JSON by alias; what handlers see are frozen objects with snake_case names. How a scalar is
spelt on the wire is decided in `wire`.
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

__all__ = ["Data", "Event", "ExternalData"]


class Data(BaseModel, frozen=True):
    """Base of payload classes and named objects. Unknown fields are refused: they are typing mistakes."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
        ser_json_inf_nan="strings",
        protected_namespaces=(),
    )


class ExternalData(Data, frozen=True):
    """Base of payloads that come from outside the project: unknown fields are kept as they are."""

    model_config = ConfigDict(extra="allow")


class Event(BaseModel, frozen=True):
    """Base of event classes.

    Attributes:
        name: the event's name; subclasses narrow it to a literal.
        data: the payload; subclasses narrow its type.
        id: deduplication id. Empty in an event not yet sent: it is then filled from the template of the spec, or made
            when the event is received.
        ts: Unix time in milliseconds; 0 in an event not yet sent means "when it is received".
        v: version of the payload's schema.
    """

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, protected_namespaces=())

    id_template: ClassVar[str | None] = None
    """`invoice-paid-{invoiceId}` as written in the spec, over wire names."""

    name: str
    data: Data
    id: str = ""
    ts: int = 0
    v: str | None = None
