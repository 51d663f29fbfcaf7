"""Hides sensitive values in what those see who look from outside, by the types of events and functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pydantic import JsonValue

from surestep.authoring.events import Event
from surestep.authoring.registry import BoundFunction, Registry
from surestep.authoring.sensitivity import mask
from surestep.engines.api import EventRow, RunDetail

__all__ = ["Masking"]

_ABOUT_RUNS: Final = "inngest/function."
_INVOKED: Final = "inngest/function.invoked"


class Masking:
    """Masks for one app; does nothing where its specs have no sensitive values."""

    def __init__(self, registry: Registry, functions: Mapping[str, BoundFunction]) -> None:
        self._registry = registry
        self._functions = functions

    def event(self, row: EventRow) -> EventRow:
        """An event as it may be shown."""
        if not self._registry.sensitive:
            return row
        return replace(row, data=self._data(row.name, row.v, row.data))

    def run(self, detail: RunDetail) -> RunDetail:
        """A run as it may be shown: its events and its result. Errors are texts, of which nothing is known."""
        if not self._registry.sensitive:
            return detail
        events = tuple(self.event(row) for row in detail.events)
        return replace(detail, events=events, result=self._result(detail.run.function_id, detail.result))

    def _data(self, name: str, v: str | None, data: JsonValue) -> JsonValue:
        if name == _INVOKED:
            return self._input(data)
        if name.startswith(_ABOUT_RUNS) and isinstance(data, dict):
            return self._about_run(data)
        found = self._registry.version_class(name, v) or self._registry.event_class(name)
        return data if found is None else _mask_payload(found, data)

    def _input(self, data: JsonValue) -> JsonValue:
        """What a function was invoked with; which one is not said, so all have their say."""
        for bound in self._functions.values():
            data = mask(bound.function.input_type, data)
            for event in bound.function.events:
                data = _mask_payload(event, data)
        return data

    def _about_run(self, data: dict[str, JsonValue]) -> JsonValue:
        """A system event repeats the run's events and result."""
        masked = dict(data)
        if "event" in data:
            masked["event"] = self._envelope(data["event"])
        if isinstance(events := data.get("events"), list):
            masked["events"] = [self._envelope(event) for event in events]
        if "result" in data:
            function_id = str(data.get("function_id")).removeprefix(f"{self._registry.app}-")
            masked["result"] = self._result(function_id, data["result"])
        return masked

    def _envelope(self, event: JsonValue) -> JsonValue:
        if not isinstance(event, dict):
            return event
        v = event.get("v")
        return {**event, "data": self._data(str(event.get("name")), None if v is None else str(v), event.get("data"))}

    def _result(self, function_id: str, result: JsonValue) -> JsonValue:
        bound = self._functions.get(function_id)
        return result if bound is None else mask(bound.function.result_type, result)


def _mask_payload(event_class: type[Event], data: JsonValue) -> JsonValue:
    return mask(event_class.model_fields["data"].annotation, data)
