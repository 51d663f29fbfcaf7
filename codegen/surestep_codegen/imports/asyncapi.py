"""AsyncAPI 2 and 3.0: each message is an event, its payload the data; named schemas that are referred to become types.

Channels, servers, bindings and operations say how messages travel, which is no part of a spec.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.exports.scalars import ANNOTATION
from surestep_codegen.imports.catalogue import Catalogue, Gathered
from surestep_codegen.imports.pointers import References, below, last_token
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.schemas import SchemaReader
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue

__all__ = ["read_asyncapi"]

_VERSION: Final = re.compile(r"2\.[0-6]\.\d+|3\.0\.\d+")
_SCHEMA_FORMAT: Final = re.compile(r"application/(vnd\.aai\.asyncapi|schema)([+;].*)?")
_WAYS: Final = ("servers", "operations", "security")
_READ: Final = frozenset(
    {"name", "messageId", "title", "summary", "description", "payload", "schemaFormat", "examples"}
)


@dataclass(frozen=True, slots=True)
class _Messages:
    """The messages of a document, each once, by the pointer to it, with the key that it has there."""

    references: References
    found: dict[str, tuple[str, dict[str, JsonValue]]] = field(default_factory=dict)

    def add(self, value: JsonValue, at: str, key: str) -> None:
        """A message, a reference to one, or several."""
        message, place = self.references.follow(value, at)
        choices = message.get("oneOf")
        if isinstance(choices, list):
            for number, choice in enumerate(choices):
                self.add(choice, below(place, "oneOf", number), f"{key} {number + 1}")
            return
        self.found.setdefault(place, (last_token(place) if place != at else key, message))


def read_asyncapi(document: dict[str, JsonValue], stem: str, remarks: Remarks) -> Catalogue:
    """The catalogue in a document; `stem` is what its file is called."""
    version = document.get("asyncapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        stated = f"not {version}" if "asyncapi" in document else "and is missing"
        raise ImportProblemError(f"`asyncapi` must be 2.0.0 to 2.6.0 or 3.0.0, {stated}", "#/asyncapi")
    references = References(document)
    gathered = Gathered(SchemaReader(references, remarks))
    messages = _Messages(references)
    for channel, at in _channels(document, remarks):
        _add_messages(channel, at, messages)
    components = _mapping(document, "components", "#")
    for key, message in _mapping(components, "messages", "#/components").items():
        messages.add(message, below("#/components/messages", key), key)
    for at, (key, message) in messages.found.items():
        _add_event(message, at, key, gathered, remarks)
    for key in _mapping(components, "schemas", "#/components"):
        gathered.declare(below("#/components/schemas", key), key)
    for way in _WAYS:
        if document.get(way):
            remarks.note(below("#", way), way, "says how messages travel: left out")
    info = _mapping(document, "info", "#")
    title, description = info.get("title"), info.get("description")
    return gathered.finish(
        title if isinstance(title, str) else stem, description if isinstance(description, str) else ""
    )


def _channels(document: Mapping[str, JsonValue], remarks: Remarks) -> Iterator[tuple[dict[str, JsonValue], str]]:
    for key, channel in _mapping(document, "channels", "#").items():
        at = below("#/channels", key)
        if not isinstance(channel, dict):
            raise ImportProblemError("a channel must be an object", at)
        if channel.get("parameters"):
            remarks.note(below(at, "parameters"), "parameters", "an event has a fixed name: left out")
        yield channel, at


def _add_messages(channel: dict[str, JsonValue], at: str, messages: _Messages) -> None:
    """Version 3 lists the messages of a channel, version 2 states them in its operations."""
    channel, at = messages.references.follow(channel, at)
    for key, message in _mapping(channel, "messages", at).items():
        messages.add(message, below(at, "messages", key), key)
    for way in ("publish", "subscribe"):
        operation = _mapping(channel, way, at)
        if "message" in operation:
            messages.add(operation["message"], below(at, way, "message"), last_token(at))


def _add_event(message: dict[str, JsonValue], at: str, key: str, gathered: Gathered, remarks: Remarks) -> None:
    name = next((message[word] for word in ("name", "messageId") if isinstance(message.get(word), str)), key)
    for word in sorted(message.keys() - _READ):
        if word in ("headers", "traits"):
            remarks.lose(below(at, word), word, "an event has a payload only: left out")
        elif not word.startswith("x-"):
            remarks.note(below(at, word), word, "says nothing about the payload: left out")
    payload, form, place = message.get("payload", True), message.get("schemaFormat", ""), below(at, "payload")
    if isinstance(payload, dict) and payload.keys() >= {"schemaFormat", "schema"}:
        form, place = payload["schemaFormat"], below(place, "schema")
        payload = payload["schema"]
    if form and not (isinstance(form, str) and _SCHEMA_FORMAT.fullmatch(form)):
        remarks.lose(at, f"{name}", f"the schema format {form} is not JSON Schema: the event is left out")
        return
    description = next((message[word] for word in ("description", "summary") if isinstance(message.get(word), str)), "")
    annotation = message.get(ANNOTATION)
    ours = annotation if isinstance(annotation, dict) else {}
    stated = ours.get("version")
    version = stated if isinstance(stated, str) else None
    if version is not None and ours.get("current") is False:
        gathered.add_older(str(name), version, payload, place)
        return
    examples = _payload_examples(message)
    gathered.add(str(name), payload, place, version=version, description=str(description), examples=examples)


def _payload_examples(message: Mapping[str, JsonValue]) -> tuple[JsonValue, ...]:
    """The payloads of a message's examples."""
    examples = message.get("examples")
    payloads = [one.get("payload") for one in examples if isinstance(one, dict)] if isinstance(examples, list) else []
    return tuple(payload for payload in payloads if payload is not None)


def _mapping(value: Mapping[str, JsonValue], key: str, at: str) -> dict[str, JsonValue]:
    """An object that may be left out."""
    found = value.get(key, {})
    if not isinstance(found, dict):
        raise ImportProblemError(f"`{key}` must be an object", below(at, key))
    return found
