"""Base classes of generated event and payload classes.

What crosses the wire is JSON by alias; what handlers see are frozen objects with snake_case names. How a scalar is
spelt on the wire is decided in `wire`.
"""

from typing import Any, ClassVar, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from surestep.authoring.event_ids import fill_id_template
from surestep.authoring.wire import Integer, String

__all__ = ["Data", "EngineEvent", "Event", "ExternalData", "Sendable"]


class _WireModel(BaseModel, frozen=True):
    """JSON is read by the wire's names only; Python code passes the Python names."""

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

    @override
    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        return super().model_validate_json(json_data, **{"by_name": False, **options})

    @classmethod
    def sample(cls, **overrides: Any) -> Self:
        """A valid object for tests, the same each time: the spec's first example, or else one that is made up.

        Made-up objects have only the fields that must be there, with plain values within their bounds.

        Args:
            **overrides: fields by Python name that are to have these values. A dict for an object overrides fields in
                there, as `data={"amount": 5}` does for an event.

        Raises:
            TypeError: there is no such field, or one whose value cannot be made up.
            ValidationError: an override is refused.
        """
        from surestep.authoring.samples import make_sample  # noqa: PLC0415 -- running an app needs none of it

        return make_sample(cls, overrides)


class Data(_WireModel, frozen=True):
    """Base of payload classes and named objects. Unknown fields are refused: they are typing mistakes."""


class ExternalData(Data, frozen=True):
    """Base of payloads that come from outside the project: unknown fields are kept as they are."""

    model_config = ConfigDict(extra="allow")


class Event(_WireModel, frozen=True):
    """Base of event classes.

    Attributes:
        name: the event's name; subclasses narrow it to a literal.
        data: the payload; subclasses narrow its type.
        id: deduplication id. Empty in an event not yet sent and without a template in the spec: it is then made when
            the event is received.
        ts: Unix time in milliseconds; 0 in an event not yet sent means "when it is received".
        v: version of the payload's schema.
    """

    id_template: ClassVar[str | None] = None
    """`invoice-paid-{invoiceId}` as written in the spec, over wire names."""
    sent_by: ClassVar[Literal["anyone"]] = "anyone"
    """For type checkers: what only the engine sends has another mark."""

    name: String
    data: Data
    id: String = ""
    ts: Integer = 0
    v: String | None = None

    @override
    def model_post_init(self, _context: object, /) -> None:
        if self.id_template is not None and not self.id:
            object.__setattr__(self, "id", fill_id_template(self.id_template, self.data))


class EngineEvent(Event, frozen=True):
    """Base of event classes that handlers see and only the engine sends."""

    sent_by: ClassVar[Literal["engine"]] = "engine"  # type: ignore[assignment]  # so that it is not `Sendable`


class Sendable(Protocol):
    """Any event that a handler may send."""

    sent_by: ClassVar[Literal["anyone"]]
