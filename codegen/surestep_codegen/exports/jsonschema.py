"""JSON Schema 2020-12 of a project's events: one document for all, or one for the payload of each event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surestep_codegen.exports.payloads import Payload, payloads, type_schemas
from surestep_codegen.exports.scalars import Schema
from surestep_codegen.exports.types import Dialect, SchemaWriter
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.model import Project
from surestep_dsl.names import module_name

__all__ = ["DRAFT", "SCHEMA_DIALECT", "event_schema", "render_catalogue", "render_files"]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_DIALECT: Final = Dialect("#/$defs/", bare_references=False)


@dataclass(frozen=True, slots=True)
class _Rendered:
    payloads: tuple[Payload, ...]
    types: Mapping[str, Schema]


def render_catalogue(project: Project, remarks: Remarks) -> Schema:
    """One document: types and payloads under `$defs`, and above them the event as it is sent, by its name."""
    rendered = _render(project, remarks)
    document: Schema = {"$schema": DRAFT, "title": project.app}
    if project.description:
        document["description"] = project.description
    if rendered.payloads:
        document["oneOf"] = [event_schema(payload, SCHEMA_DIALECT.prefix) for payload in rendered.payloads]
    definitions: Schema = {name: rendered.types[name] for name in rendered.types}
    definitions |= {payload.key: payload.schema for payload in rendered.payloads}
    document["$defs"] = definitions
    return document


def render_files(project: Project, remarks: Remarks) -> dict[str, Schema]:
    """A document for each version of each payload, by file name; named types that it needs are under `$defs`."""
    rendered = _render(project, remarks)
    files: dict[str, Schema] = {}
    for payload in rendered.payloads:
        suffix = "" if payload.is_current else f".{re.sub('[^A-Za-z0-9.-]+', '_', payload.version or '')}"
        document: Schema = {"$schema": DRAFT, **payload.schema}
        if needed := _needed(payload.schema, rendered.types):
            document["$defs"] = needed
        files[f"{module_name(payload.event.python or payload.event.name)}{suffix}.schema.json"] = document
    return files


def _render(project: Project, remarks: Remarks) -> _Rendered:
    writer = SchemaWriter(SCHEMA_DIALECT, remarks)
    made = payloads(project, project.events.values(), writer, SCHEMA_DIALECT.prefix)
    return _Rendered(tuple(made), type_schemas(project, writer, SCHEMA_DIALECT.prefix))


def event_schema(payload: Payload, prefix: str) -> Schema:
    """The event around a payload, which stands below `prefix`. Without `v` it is the current version."""
    version: Schema = {"type": "string"} if payload.version is None else {"const": payload.version}
    required: list[JsonValue] = ["name", "data"] if payload.is_current else ["name", "data", "v"]
    return {
        "type": "object",
        "properties": {
            "name": {"const": payload.event.name},
            "data": {"$ref": f"{prefix}{payload.key}"},
            "id": {"type": "string"},
            "ts": {"type": "integer", "description": "Unix time in milliseconds."},
            "v": version,
        },
        "required": required,
        "additionalProperties": False,
    }


def _needed(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    """The named types that a schema leads to, sorted."""
    found: set[str] = set()
    pending: list[JsonValue] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, dict):
            pending.extend(part.values())
            name = str(part.get("$ref", "")).removeprefix(SCHEMA_DIALECT.prefix)
            if name in types and name not in found:
                found.add(name)
                pending.append(types[name])
    return {name: types[name] for name in sorted(found)}
