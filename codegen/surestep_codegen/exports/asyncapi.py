"""AsyncAPI 3.0 of a project: a channel for each event, a message for each version, operations for what functions do.

A function receives the events that start it, cancel it or end a wait, and sends those of its `emits` and steps. What
else it says has no place in AsyncAPI. Messages keep the version of their event in an annotation, so that our own import
tells which one is the current.
"""

from collections.abc import Iterator

from surestep_codegen.exports.asyncapi_losses import tell_losses
from surestep_codegen.exports.payloads import Payload, payloads, type_schemas
from surestep_codegen.exports.scalars import ANNOTATION, Schema
from surestep_codegen.exports.types import Dialect, SchemaWriter
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.model import EventDef, FunctionDef, Project, WaitStep
from surestep_dsl.system_events import SYSTEM_EVENTS

__all__ = ["render_asyncapi"]

_SCHEMAS = "#/components/schemas/"


def render_asyncapi(project: Project, version: str, remarks: Remarks) -> Schema:
    """The document; `version` is that of the contract, which AsyncAPI wants and specs do not state."""
    writer = SchemaWriter(Dialect(_SCHEMAS, bare_references=True), remarks)
    made = tuple(payloads(project, _events(project), writer, _SCHEMAS))
    keys = {payload.event.name: payload.key for payload in made if payload.is_current}
    schemas: Schema = {**type_schemas(project, writer, _SCHEMAS)}
    schemas |= {payload.key: payload.schema for payload in made}
    info: Schema = {"title": project.app, "version": version}
    if project.description:
        info["description"] = project.description
    operations: Schema = dict(_operations(project, keys))
    tell_losses(project, remarks)
    return {
        "asyncapi": "3.0.0",
        "info": info,
        "defaultContentType": "application/json",
        "channels": {keys[name]: _channel(name, made) for name in keys},
        "operations": operations,
        "components": {"messages": {payload.key: _message(payload) for payload in made}, "schemas": schemas},
    }


def _events(project: Project) -> list[EventDef]:
    """The declared events, and those of the system that functions react to."""
    used = {name for function in project.functions.values() for name in _received(function)}
    return [*project.events.values(), *(SYSTEM_EVENTS[name] for name in sorted(used & SYSTEM_EVENTS.keys()))]


def _received(function: FunctionDef) -> list[str]:
    """Events that start or cancel a function or that it waits for, each once."""
    cancelling = [cancel.event for cancel in function.options.cancel_on]
    awaited = [step.event for step in function.steps or () if isinstance(step, WaitStep)]
    return list(dict.fromkeys([*function.trigger_events, *cancelling, *awaited]))


def _channel(name: str, made: tuple[Payload, ...]) -> Schema:
    messages: Schema = {
        payload.key: {"$ref": f"#/components/messages/{payload.key}"} for payload in made if payload.event.name == name
    }
    return {"address": name, "messages": messages}


def _message(payload: Payload) -> Schema:
    message: Schema = {"name": payload.event.name, "title": payload.event.name}
    if payload.version is not None:
        message["title"] = f"{payload.event.name} {payload.version}"
        message[ANNOTATION] = {"version": payload.version, "current": payload.is_current}
    if payload.event.description:
        message["description"] = payload.event.description
    message["payload"] = {"$ref": f"{_SCHEMAS}{payload.key}"}
    if payload.is_current and payload.event.examples:
        message["examples"] = [{"payload": example} for example in payload.event.examples]
    return message


def _operations(project: Project, keys: dict[str, str]) -> Iterator[tuple[str, JsonValue]]:
    for function in project.functions.values():
        for name in _received(function):
            yield f"{function.id}.receive.{keys[name]}", _operation(function, "receive", keys[name])
        for name in function.sends or ():
            yield f"{function.id}.send.{keys[name]}", _operation(function, "send", keys[name])


def _operation(function: FunctionDef, action: str, key: str) -> Schema:
    operation: Schema = {"action": action, "channel": {"$ref": f"#/channels/{key}"}}
    operation["title"] = function.options.name or function.id
    if function.options.description:
        operation["description"] = function.options.description
    return operation
