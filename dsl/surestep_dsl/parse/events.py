"""Parses the entries of `events`: payload, version, deduplication id, older versions."""

import re
from typing import Final

from surestep_dsl.diagnostics import Related, Span
from surestep_dsl.limits import MAX_EVENT_VERSION_CHARACTERS
from surestep_dsl.model import EventDef, EventVersion
from surestep_dsl.nodes import Entry, Node
from surestep_dsl.parse.reader import Findings, KeyReader, before_broken
from surestep_dsl.parse.types import parse_examples, parse_object, parse_python_name

__all__ = ["parse_event"]

_KEYS: Final = ("description", "version", "id", "data", "previous", "deprecated", "external", "examples", "python")
_PRINTABLE: Final = re.compile(rf"[\x20-\x7e]{{1,{MAX_EVENT_VERSION_CHARACTERS}}}")
_FIELDS_HINT: Final = "put fields under `data:`"


def parse_event(entry: Entry, findings: Findings) -> EventDef:
    """One event; the name itself is judged by a check."""
    name = entry.key.text
    keys = KeyReader(entry.value, f"the event `{name}`", _KEYS, findings, where=entry.key.span, hint=_FIELDS_HINT)
    fields, data_type = parse_object(keys, "data")
    return EventDef(
        name,
        fields,
        data_type,
        description=keys.description(),
        version=_parse_version(keys),
        id_template=keys.text("id"),
        previous=_parse_previous(keys),
        deprecated=keys.boolean("deprecated"),
        external=keys.boolean("external"),
        examples=parse_examples(keys),
        python=parse_python_name(keys),
    )


def _parse_version(keys: KeyReader, *, required: bool = False) -> str | None:
    scalar = keys.scalar("version", required=required)
    if scalar is None:
        return None
    if _PRINTABLE.fullmatch(scalar.text):
        return scalar.text
    message = f"a version has 1 to {MAX_EVENT_VERSION_CHARACTERS} printable characters"
    keys.findings.add("V105", message, scalar.span)
    return None


def _parse_previous(keys: KeyReader) -> tuple[EventVersion, ...]:
    items = keys.items("previous")
    if items and not keys.has("version"):
        hint = "write the current `version` too: an event received with another one is refused"
        keys.findings.add("V105", "older versions need a current one", keys.key_span("previous"), hint)
    seen: dict[str, Span] = {}
    if (current := keys.text("version")) is not None:
        seen[current] = keys.key_span("version")
    return before_broken([_parse_older(item, seen, keys.findings) for item in items])


def _parse_older(item: Node, seen: dict[str, Span], findings: Findings) -> EventVersion | None:
    keys = KeyReader(item, "an older version", ("version", "data", "description"), findings)
    version = _parse_version(keys, required=True)
    fields, data_type = parse_object(keys, "data")
    if version is None:
        return None
    if version in seen:
        first = Related(seen[version], "first stated here")
        findings.add("V105", f"the version `{version}` stands twice", keys.key_span("version"), None, first)
        return None
    seen[version] = keys.key_span("version")
    return EventVersion(version, fields, data_type, keys.description())
