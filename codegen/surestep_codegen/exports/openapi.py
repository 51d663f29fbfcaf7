"""OpenAPI 3.1 of the HTTP API of an app: what a server of ours answers to, with a schema for each event it accepts.

Routes and answers are the same for every app and stand in `http_api.json`, which a test holds against the server. Names
of its schemas have a dot, so no type of a project can be called like them.
"""

import json
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from surestep_codegen.exports.jsonschema import event_schema
from surestep_codegen.exports.payloads import Payload, payloads, type_schemas
from surestep_codegen.exports.scalars import Schema
from surestep_codegen.exports.sendable import sendable_events
from surestep_codegen.exports.types import Dialect, SchemaWriter
from surestep_codegen.remarks import Remarks
from surestep_dsl.model import JobDef, Project

__all__ = ["render_openapi"]

_SCHEMAS: Final = "#/components/schemas/"
_API_KEY: Final = "An API key, where the server asks for one, as `surestep serve` does."


def render_openapi(project: Project, version: str, server: str, remarks: Remarks) -> Schema:
    """The document; `version` is that of the contract, `server` the address of the API: specs state neither."""
    api: dict[str, Schema] = json.loads((files("surestep_codegen.exports") / "http_api.json").read_text("utf-8"))
    writer = SchemaWriter(Dialect(_SCHEMAS, bare_references=False), remarks)
    made = tuple(payloads(project, sendable_events(project), writer, _SCHEMAS))
    keys = {payload.event.name: payload.key for payload in made if payload.is_current}
    jobs: Schema = {}
    jobs |= {f"/v1/jobs/{job.id}": _job(project, job, keys[job.requested], api["job"]) for job in project.jobs.values()}
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
        "security": [{}, {"apiKey": []}],
        "paths": api["paths"] | jobs,
        "components": {
            "schemas": schemas | api["schemas"],
            "responses": api["responses"],
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": _API_KEY}},
        },
    }


def _job(project: Project, job: JobDef, key: str, item: Schema) -> Schema:
    """The log of a job and the way to start it; its options are those of the event that asks for a run."""
    found: dict[str, Any] = json.loads(json.dumps(item))
    for method, verb in (("get", "list"), ("post", "start")):
        found[method]["operationId"] = f"{verb}:{job.id}"
    if any(field.name == "options" for field in project.events[job.requested].fields):
        body = found["post"]["requestBody"]["content"]["application/json"]["schema"]
        body["properties"]["options"] = {"$ref": f"{_SCHEMAS}{key}/properties/options"}
    return found


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
