"""Histories without their sensitive values, such that they can still be replayed.

A sensitive value is replaced by one that fits its type. What handlers make of it as an argument is another one, then,
and a short hash of a card's number is no secret: so a history in which a value was replaced holds no fingerprints, and
arguments are not compared when it is replayed. Results of steps are masked by the types that the handler asks them for;
one that it no longer asks for is left out. As elsewhere, what no type says cannot be known: errors are shown.
"""

from dataclasses import dataclass, field, replace

import pydantic_core
from pydantic import JsonValue

from surestep.authoring.samples import NoSampleError, make_sample_value
from surestep.authoring.sensitivity import MASK, mask
from surestep.core.commands import StepKey
from surestep.core.history import ANY_ARGUMENTS
from surestep.core.records import (
    Record,
    RunCompleted,
    StepAttemptFailed,
    StepDropped,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from surestep.core.values import ValueCodec
from surestep.engines.intake import INVOKED
from surestep.engines.replaying import App, replay_run
from surestep.storage.port import StoredEvent, StoredRun

__all__ = ["mask_history"]


def mask_history(app: App, stored: StoredRun) -> StoredRun:
    """A run whose sensitive values are replaced; the same run where it has none."""
    if not app.registry.sensitive:
        return stored
    types = {key: _annotation(pending.decode) for key, pending in replay_run(app, stored).pendings.items()}
    masking = _Masking(app, types)
    masked = replace(
        stored,
        events=tuple(masking.event(event) for event in stored.events),
        records=tuple(masking.record(record, stored.row.function_id) for record in stored.records),
    )
    if masked == stored:
        return stored
    return replace(masked, records=tuple(_without_fingerprint(record) for record in masked.records))


def _annotation(decode: object) -> object:
    codec = getattr(decode, "__self__", None)
    return codec.annotation if isinstance(codec, ValueCodec) else None


@dataclass(frozen=True, slots=True)
class _Masking:
    """Replaces by the types of events, functions and steps."""

    app: App
    types: dict[StepKey, object] = field(default_factory=dict)

    def event(self, event: StoredEvent) -> StoredEvent:
        """An event of the run."""
        return replace(event, data=_json(self._data(event.name, event.v, pydantic_core.from_json(event.data))))

    def record(self, record: Record, function_id: str) -> Record:
        """A record of the run."""
        match record:
            case StepSucceeded(kind="wait_for_event") if record.value != b"null":
                return replace(record, value=_json(self._envelope(pydantic_core.from_json(record.value))))
            case StepSucceeded(kind="run" | "invoke", key=key):
                if key not in self.types:
                    return replace(record, value=_json(MASK))
                return replace(record, value=_masked(self.types[key], record.value))
            case RunCompleted() if (bound := self.app.functions.get(function_id)) is not None:
                return replace(record, value=_masked(bound.function.result_type, record.value))
            case _:
                return record

    def _data(self, name: str, v: str | None, data: JsonValue) -> JsonValue:
        if name == INVOKED:
            for bound in self.app.functions.values():
                data = mask(bound.function.input_type, data, _stand_in)
            return data
        if name.startswith("inngest/function.") and isinstance(data, dict):
            told = {key: self._envelope(data[key]) for key in ("event",) if key in data}
            events = data.get("events")
            return (
                data | told | ({"events": [self._envelope(one) for one in events]} if isinstance(events, list) else {})
            )
        found = self.app.registry.version_class(name, v) or self.app.registry.event_class(name)
        return data if found is None else mask(found.model_fields["data"].annotation, data, _stand_in)

    def _envelope(self, event: JsonValue) -> JsonValue:
        if not isinstance(event, dict):
            return event
        v = event.get("v")
        return {**event, "data": self._data(str(event.get("name")), None if v is None else str(v), event.get("data"))}


def _masked(annotation: object, value: bytes) -> bytes:
    return _json(mask(annotation, pydantic_core.from_json(value), _stand_in))


def _json(value: JsonValue) -> bytes:
    return pydantic_core.to_json(value, inf_nan_mode="constants")


def _stand_in(annotation: object, _value: JsonValue) -> JsonValue:
    try:
        return make_sample_value(annotation, "masked")
    except (NoSampleError, TypeError):
        return MASK


def _without_fingerprint(record: Record) -> Record:
    if isinstance(record, StepStarted | StepSucceeded | StepAttemptFailed | StepFailed | StepDropped):
        return replace(record, fingerprint=ANY_ARGUMENTS)
    return record
