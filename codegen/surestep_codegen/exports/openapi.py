"""OpenAPI 3.1 of the HTTP API of an app: what a server of ours answers to, with a schema for each event it accepts.

Routes and answers are the same for every app and stand in `http_api.json`, which a test holds against the server. Names
of its schemas have a dot, so no type of a project can be called like them.
"""

import json
from importlib.resources import files
from itertools import groupby
from typing import Final

from surestep_codegen.exports.jsonschema import event_schema
from surestep_codegen.exports.payloads import Payload, payloads, type_schemas
from surestep_codegen.exports.scalars import Schema
from surestep_codegen.exports.types import Dialect, SchemaWriter
from surestep_codegen.remarks import Remarks
from surestep_dsl.model import Project

__all__ = ["render_openapi"]

_SCHEMAS: Final = "#/components/schemas/"


def render_openapi(project: Project, version: str, server: str, remarks: Remarks) -> Schema:
    """The document; `version` is that of the contract, `server` the address of the API: specs state neither."""
    api: dict[str, Schema] = json.loads((files("surestep_codegen.exports") / "http_api.json").read_text("utf-8"))
    writer = SchemaWriter(Dialect(_SCHEMAS, bare_references=False), remarks)
    ended = {name for job in project.jobs.values() for name in (job.completed, job.failed)}
    events = [event for event in project.events.values() if event.name not in ended]
    made = tuple(payloads(project, events, writer, _SCHEMAS))
    schemas: Schema = {**type_schemas(project, writer, _SCHEMAS)}
    schemas |= {payload.key: payload.schema for payload in made}
    schemas |= _sent(made)
    info: Schema = {"title": project.app, "version": version}
    if project.description:
        info["description"] = project.description
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": server}],
        "paths": api["paths"],
        "components": {"schemas": schemas | api["schemas"], "responses": api["responses"]},
    }


def _sent(made: tuple[Payload, ...]) -> Schema:
    """Events as they are sent: one schema for each name, and the choice between them by name."""
    schemas: Schema = {}
    mapping: Schema = {}
    for name, group in groupby(made, key=lambda payload: payload.event.name):
        versions = tuple(group)
        key = f"event.{versions[0].key}"
        envelopes = [event_schema(payload, _SCHEMAS) for payload in versions]
        schemas[key] = envelopes[0] if len(envelopes) == 1 else {"oneOf": [*envelopes]}
        mapping[name] = f"{_SCHEMAS}{key}"
    if not mapping:
        return {"api.Event": {"description": "The app declares no events.", "not": {}}}
    choice: Schema = {"propertyName": "name", "mapping": mapping}
    return schemas | {
        "api.Event": {"oneOf": [{"$ref": target} for target in mapping.values()], "discriminator": choice}
    }
