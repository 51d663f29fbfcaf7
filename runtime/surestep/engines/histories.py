"""Histories as files: one JSON document for each run, to be read by people and replayed by later code.

The format has a version. A record is written by its name and fields; results stand in it as JSON, instants are Unix
milliseconds. What is read is checked whole: a history with a gap would be replayed wrongly.
"""

import json
import re
from dataclasses import fields
from functools import cache
from typing import Any, Final, get_args

import pydantic_core
from pydantic import TypeAdapter, ValidationError

from surestep.core.history import ANY_ARGUMENTS
from surestep.core.records import Record
from surestep.errors import ErrorInfo
from surestep.storage.port import RunRow, StoredEvent, StoredRun

__all__ = ["FORMAT", "UnreadableHistoryError", "parse_history", "render_history"]

FORMAT: Final = "surestep.history/1"

_CLASSES: Final[dict[str, type[Any]]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower(): cls for cls in (RunRow, StoredEvent, *get_args(Record))
}
_NAMES: Final = {cls: name for name, cls in _CLASSES.items()}
_RECORDS: Final = frozenset(_NAMES[cls] for cls in get_args(Record))
_KEYS: Final = ("run", "events", "records")


class UnreadableHistoryError(Exception):
    """A text is no history that this version can read; says in one sentence why."""


def render_history(stored: StoredRun) -> bytes:
    """The document of a run; what waits for it to be taken note of is left out."""
    document = {
        "format": FORMAT,
        "are_arguments_compared": not any(_fingerprint(record) == ANY_ARGUMENTS for record in stored.records),
        "run": _adapter("run_row").dump_python(stored.row, mode="json"),
        "events": [_written(event) for event in stored.events],
        "records": [{"record": _NAMES[type(record)], **_written(record)} for record in stored.records],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def parse_history(text: bytes) -> StoredRun:
    """The run of a document.

    Raises:
        UnreadableHistoryError: it is none, of another version, or damaged.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableHistoryError(f"it is not JSON: {error}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise UnreadableHistoryError(f"its format is {found!r}; this version reads {FORMAT!r}")
    if missing := [key for key in _KEYS if key not in document]:
        raise UnreadableHistoryError(f"it has no {missing[0]!r}")
    try:
        row: RunRow = _read("run_row", document["run"], "run")
        events = tuple(_read("stored_event", event, f"events[{at}]") for at, event in enumerate(document["events"]))
        records = tuple(_record(record, f"records[{at}]") for at, record in enumerate(document["records"]))
    except TypeError:
        raise UnreadableHistoryError("events and records are lists") from None
    if not events:
        raise UnreadableHistoryError("it has no events; every run is started by one")
    return StoredRun(row, events, records, ())


def _record(written: object, place: str) -> Any:
    name = written.get("record") if isinstance(written, dict) else None
    if not isinstance(written, dict) or name not in _RECORDS:
        raise UnreadableHistoryError(f"{place} is no record that this version knows: {name!r}")
    return _read(name, {key: value for key, value in written.items() if key != "record"}, place)


def _read(name: str, written: object, place: str) -> Any:
    if not isinstance(written, dict):
        raise UnreadableHistoryError(f"{place} is no object")
    values = {key: _dumped(value) if key in _bytes_of(name) else value for key, value in written.items()}
    if unknown := values.keys() - {field.name for field in fields(_CLASSES[name])}:
        raise UnreadableHistoryError(f"{place} has a field {min(unknown)!r} that this version does not know")
    try:
        return _adapter(name).validate_python(values)
    except ValidationError as error:
        raise UnreadableHistoryError(_first(place, error)) from None


def _written(value: Any) -> dict[str, Any]:
    """A record or event, field by field."""
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    json_fields = _bytes_of(_NAMES[type(value)])
    return {name: _shown(part, is_json=name in json_fields) for name, part in found.items()}


def _shown(part: Any, *, is_json: bool) -> Any:
    if is_json:
        return pydantic_core.from_json(part)
    return {"name": part.name, "message": part.message, "stack": part.stack} if isinstance(part, ErrorInfo) else part


def _dumped(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _fingerprint(record: Record) -> str:
    return getattr(record, "fingerprint", "")


@cache
def _bytes_of(name: str) -> frozenset[str]:
    """The fields that hold JSON."""
    return frozenset(field.name for field in fields(_CLASSES[name]) if field.type is bytes)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_CLASSES[name])


def _first(place: str, error: ValidationError) -> str:
    one = error.errors()[0]
    return f"{'.'.join((place, *map(str, one['loc'])))}: {one['msg']}"
