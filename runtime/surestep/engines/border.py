"""Holds events that come in against their declarations. What passes has its current version and its defaults."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pydantic_core
from pydantic import ValidationError

from surestep.authoring.events import Event
from surestep.authoring.refusals import find_faults
from surestep.authoring.registry import Registry
from surestep.authoring.step import outgoing_event
from surestep.core.commands import OutgoingEvent
from surestep.core.values import codec_of_type
from surestep.engines.api import RawEvent
from surestep.errors import EventRejectedError, Fault, UpcastError
from surestep.limits import EVENT_BYTES, EVENT_ID_CHARS, EVENTS_PER_REQUEST, TS_MAX_MS, TS_MIN_MS
from surestep_dsl.nearest import nearest

__all__ = ["Border", "Rules", "encode_events", "validated_input"]

_logger = logging.getLogger("surestep.engine")


@dataclass(frozen=True, slots=True)
class Rules:
    """What may come in.

    Attributes:
        unknown_events: whether events that nobody declared are kept and listed; they start nothing.
        events_per_request: at most so many at a time.
        event_bytes: bytes of one event's data as JSON.
    """

    unknown_events: Literal["refuse", "accept"] = "refuse"
    events_per_request: int = EVENTS_PER_REQUEST
    event_bytes: int = EVENT_BYTES


@dataclass(frozen=True, slots=True)
class Border:
    """Lets events in or refuses them.

    Attributes:
        registry: what is declared.
        reserved: names that only the engine sends, each with a sentence that says when.
    """

    registry: Registry
    rules: Rules = Rules()
    reserved: Mapping[str, str] = field(default_factory=dict)

    def admit(self, events: Sequence[OutgoingEvent]) -> list[OutgoingEvent]:
        """The events as they are stored.

        Raises:
            EventRejectedError: the first event that does not fit.
        """
        limit = self.rules.events_per_request
        if len(events) > limit:
            fault = Fault("", f"{len(events)} events in one request; the limit EVENTS_PER_REQUEST is {limit}")
            raise EventRejectedError(limit, events[limit].name, (fault,))
        return [self._admit(position, event) for position, event in enumerate(events)]

    def _admit(self, position: int, event: OutgoingEvent) -> OutgoingEvent:
        self._check_envelope(position, event)
        declared = self.registry.version_class(event.name, event.v)
        if declared is not None:
            return outgoing_event(self._lifted(position, event, _validated(position, event, declared)))
        if self.registry.event_class(event.name) is not None:
            known = ", ".join(map(repr, self.registry.version_names(event.name)))
            raise _refused(position, event, "v", f"unknown version {event.v!r}; known are {known}")
        if self.rules.unknown_events == "accept":
            return event
        close = nearest(event.name, self.registry.events)
        hint = f"did you mean {close}?" if close else "declare it under `events:` and run `surestep generate`"
        raise _refused(position, event, "name", "no such event is declared", hint)

    def _check_envelope(self, position: int, event: OutgoingEvent) -> None:
        if event.name.lower().startswith("inngest/"):
            raise _refused(position, event, "name", "names under inngest/ are the engine's own")
        if event.name in self.reserved:
            raise _refused(position, event, "name", self.reserved[event.name])
        for path, text in (("name", event.name), ("id", event.id), ("v", event.v or "")):
            if len(text) > EVENT_ID_CHARS:
                message = f"{len(text)} characters; the limit EVENT_ID_CHARS is {EVENT_ID_CHARS}"
                raise _refused(position, event, path, message)
        size, limit = len(event.data), self.rules.event_bytes
        if size > limit:
            raise _refused(position, event, "data", f"{size} bytes; the limit EVENT_BYTES is {limit}")
        if event.ts_ms is not None and not TS_MIN_MS <= event.ts_ms <= TS_MAX_MS:
            raise _refused(position, event, "ts", "not between 1980 and 2100 in Unix milliseconds")

    def _lifted(self, position: int, event: OutgoingEvent, checked: Event) -> Event:
        try:
            return self.registry.lift(checked)
        except UpcastError as error:
            _logger.exception("an upcaster fails")  # its author needs the traceback
            raise _refused(position, event, "v", str(error)) from error


def encode_events(events: Sequence[RawEvent]) -> list[OutgoingEvent]:
    """Events with their data as JSON, without what other engines' clients put into them for themselves.

    Raises:
        EventRejectedError: the first one that JSON cannot express.
    """
    return [_encoded(position, event) for position, event in enumerate(events)]


def _encoded(position: int, event: RawEvent) -> OutgoingEvent:
    data = {name: value for name, value in event.data.items() if name != "_inngest"}
    try:
        for text in (event.name, event.id, event.v or ""):
            text.encode()
        return OutgoingEvent(event.name, pydantic_core.to_json(data), event.id, event.ts, event.v)
    except (ValueError, RecursionError) as error:
        fault = Fault("", f"cannot be written as JSON: {error}")
        raise EventRejectedError(position, event.name, (fault,)) from None


def _validated(position: int, event: OutgoingEvent, event_class: type[Event]) -> Event:
    envelope = {"name": event.name, "id": event.id, "ts": event.ts_ms or 0}
    if event.v is not None:
        envelope["v"] = event.v
    head = pydantic_core.to_json(envelope)
    try:
        return event_class.model_validate_json(head[:-1] + b',"data":' + event.data + b"}")
    except ValidationError as error:
        whole = {**envelope, "data": pydantic_core.from_json(event.data)}
        raise EventRejectedError(position, event.name, tuple(find_faults(error, event_class, whole))) from None


def validated_input(input_type: object, data: bytes) -> bytes:
    """What a function may be invoked with, as it is stored.

    Raises:
        EventRejectedError: it does not fit.
    """
    codec = codec_of_type(input_type)
    try:
        return codec.adapter.dump_json(codec.decode(data), by_alias=True)
    except ValidationError as error:
        faults = (Fault(".".join(("data", *map(str, one["loc"]))), one["msg"]) for one in error.errors())
        raise EventRejectedError(0, "the function's input", tuple(faults)) from None


def _refused(
    position: int, event: OutgoingEvent, path: str, message: str, hint: str | None = None
) -> EventRejectedError:
    return EventRejectedError(position, event.name, (Fault(path, message),), hint)
