"""From a request's body to events: JSON, shape, bounds. What `data` may hold is decided by the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pydantic_core
from pydantic import JsonValue

from surestep.engines.api import RawEvent
from surestep.errors import EventRejectedError, Fault
from surestep.http.refusals import refuse
from surestep.limits import EVENTS_PER_REQUEST, TS_MAX_MS, TS_MIN_MS
from surestep_dsl.nearest import nearest

__all__ = ["JobRequest", "parse_events", "parse_job_request", "parse_object"]

_KEYS: Final = ("name", "data", "id", "ts", "v")
_JOB_KEYS: Final = ("options", "log_id")


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a run of a job is asked for with. What the options may be is decided by the engine."""

    options: JsonValue = None
    log_id: str | None = None


def parse_job_request(body: bytes) -> JobRequest:
    """A request for a run of a job; an empty body asks for nothing special.

    Raises:
        RefusedError: it is not an object with `options` and `log_id`.
    """
    content = _parse_json(body or b"{}")
    if not isinstance(content, dict):
        raise refuse("H014", f"the body must be an object with options and log_id, not {_kind(content)}")
    for key in content:
        if key not in _JOB_KEYS:
            raise refuse("H014", f"a request for a job has no key {key!r}", "it has options and log_id")
    log_id = content.get("log_id")
    if not isinstance(log_id, str | None) or log_id == "":
        raise refuse("H014", f"log_id must be a text, not {_kind(log_id)}")
    return JobRequest(content.get("options"), log_id)


def parse_events(body: bytes, events_per_request: int = EVENTS_PER_REQUEST) -> list[RawEvent]:
    """Events of a body: one object, or an array of them (an empty array sends nothing and is no error).

    Raises:
        RefusedError: the body as a whole cannot be used.
        EventRejectedError: an event has another shape; all faults of the first such event.
    """
    content = _parse_json(body)
    match content:
        case dict():
            return [_parse_event(0, content)]
        case list():
            if len(content) > events_per_request:
                message = f"{len(content)} events in one request; at most {events_per_request} (EVENTS_PER_REQUEST)"
                raise refuse("H005", message, "send them in several requests")
            return [_parse_event(position, item) for position, item in enumerate(content)]
        case _:
            hint = 'send {"name": "...", "data": {...}} or a list of such objects'
            raise refuse("H004", f"the body must be an event or a list of events, not {_kind(content)}", hint)


def parse_object(body: bytes, code: str) -> dict[str, JsonValue]:
    """The JSON object of a body.

    Raises:
        RefusedError: it is none; with this code where it is other JSON.
    """
    content = _parse_json(body)
    if not isinstance(content, dict):
        raise refuse(code, f"the body must be an object, not {_kind(content)}")
    return content


def _parse_json(body: bytes) -> JsonValue:
    try:
        content: JsonValue = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError as error:
        if "recursion limit" in str(error):
            raise refuse("H003", "the body is nested too deeply: at most 200 lists or objects in one another") from None
        raise refuse("H003", f"the body is not JSON: {error}") from None
    return content


def _parse_event(position: int, item: JsonValue) -> RawEvent:
    if not isinstance(item, dict):
        raise EventRejectedError(position, "no name", (Fault("", f"must be an object, not {_kind(item)}"),))
    faults = tuple(_faults(item))
    if faults:
        name = item.get("name")
        raise EventRejectedError(position, name if isinstance(name, str) else "no name", faults, _hint(item))
    data, ts = item.get("data"), item.get("ts")
    return RawEvent(
        name=str(item["name"]),
        data=data if isinstance(data, dict) else {},
        id=str(item.get("id") or ""),
        ts=ts if isinstance(ts, int) and ts else None,
        v=None if item.get("v") is None else str(item["v"]),
    )


def _faults(item: dict[str, JsonValue]) -> Iterator[Fault]:
    name = item.get("name")
    if "name" not in item:
        yield Fault("name", "is missing")
    elif not isinstance(name, str) or not name:
        yield Fault("name", f"must be a text, not {_kind(name)}")
    if not isinstance(item.get("data"), dict | None):
        yield Fault("data", f"must be an object, not {_kind(item['data'])}")
    for key in ("id", "v"):
        if not isinstance(item.get(key), str | None):
            yield Fault(key, f"must be a text, not {_kind(item[key])}")
    ts = item.get("ts")
    if isinstance(ts, bool) or not isinstance(ts, int | None):
        kind = "one with a point" if isinstance(ts, float) else _kind(ts)
        yield Fault("ts", f"must be a whole number of milliseconds, not {kind}")
    elif ts and not TS_MIN_MS <= ts <= TS_MAX_MS:
        yield Fault("ts", f"{ts} is not between 1980 and 2100 in Unix milliseconds")
    for key in item:
        if key not in _KEYS:
            yield Fault(key, "is not a key of an event")


def _hint(item: dict[str, JsonValue]) -> str | None:
    """The mend of the first fault that has a known one."""
    ts = item.get("ts")
    if isinstance(ts, int) and TS_MIN_MS <= ts * 1000 <= TS_MAX_MS:
        return f"ts looks like seconds; in milliseconds it is {ts * 1000}"
    unknown = next((key for key in item if key not in _KEYS), None)
    if unknown is None:
        return None
    meant = nearest(unknown, _KEYS)
    return f"did you mean {meant!r}?" if meant else "an event has name, data, id, ts and v; put the rest into data"


def _kind(value: JsonValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case "":
            return "an empty text"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
