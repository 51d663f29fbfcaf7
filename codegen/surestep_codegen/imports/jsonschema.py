"""A catalogue in JSON Schema: `$defs` are types; the events are the root, or what its `oneOf` lists.

An envelope is a member of the root's `oneOf` with a constant `name` and a schema for `data`: what our own export
writes. A `oneOf` of references lists payloads, each of an event called after its key; references to such a list count
as their members. Any other root that describes an object is the payload of one event, called after its title.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surestep_codegen.exports.scalars import ANNOTATION
from surestep_codegen.imports.catalogue import Catalogue, Gathered
from surestep_codegen.imports.keywords import asserts
from surestep_codegen.imports.pointers import References, below, last_token
from surestep_codegen.imports.schemas import SchemaReader
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue

__all__ = ["read_jsonschema"]


@dataclass(frozen=True, slots=True)
class _Envelope:
    """An event as it is sent; `version` is the one that it must state."""

    name: str
    version: str | None
    is_current: bool
    data: JsonValue
    at: str


def read_jsonschema(document: dict[str, JsonValue], stem: str, remarks: Remarks) -> Catalogue:
    """The catalogue in a document; `stem` is what its file is called."""
    gathered = Gathered(SchemaReader(References(document), remarks))
    envelopes, payloads = list(_envelopes(document)), _payloads(document, gathered)
    title = document.get("title")
    name = title if isinstance(title, str) and title else stem
    for envelope in envelopes:
        if envelope.is_current:
            gathered.add(envelope.name, envelope.data, envelope.at, version=envelope.version)
        else:
            gathered.add_older(envelope.name, envelope.version or "", envelope.data, envelope.at)
    for pointer in payloads:
        gathered.add(last_token(pointer), {"$ref": pointer}, pointer)
    is_list = bool(envelopes or payloads)
    if not is_list and asserts(document):
        gathered.add(name, document, "#", version=_annotated(document, "version"))
    for section in ("$defs", "definitions"):
        schemas = document.get(section)
        for key in schemas if isinstance(schemas, dict) else {}:
            gathered.declare(below("#", section, key), key)
    description = document.get("description")
    about = description if is_list and isinstance(description, str) else ""
    return gathered.finish(name if is_list else stem, about)


def _payloads(document: Mapping[str, JsonValue], gathered: Gathered) -> list[str]:
    """Where the payloads are that the root lists; the lists themselves need no type."""
    found, pending, lists = list[str](), _listed(document), set[str]()
    while pending:
        pointer = gathered.reader.references.pointer(pending.pop(0), "#")
        schema = gathered.reader.references.find(pointer, "#")
        listed = _listed(schema) if isinstance(schema, dict) else []
        if not listed:
            found.append(pointer)
        elif pointer not in lists:
            lists.add(pointer)
            pending = [*listed, *pending]
    gathered.inlined.update(lists)
    return list(dict.fromkeys(found))


def _listed(schema: Mapping[str, JsonValue]) -> list[JsonValue]:
    """The references that a schema chooses from, if it is nothing but that."""
    choices = schema.get("oneOf", schema.get("anyOf"))
    if not isinstance(choices, list) or schema.keys() & {"type", "properties", "allOf", "$ref"}:
        return []
    references = [choice.get("$ref") if isinstance(choice, dict) else None for choice in choices]
    return references if all(reference is not None for reference in references) else []


def _annotated(schema: Mapping[str, JsonValue], key: str) -> str | None:
    annotation = schema.get(ANNOTATION)
    value = annotation.get(key) if isinstance(annotation, dict) else None
    return value if isinstance(value, str) else None


def _envelopes(document: Mapping[str, JsonValue]) -> Iterator[_Envelope]:
    """The envelopes of the root, if it is made of nothing else."""
    choices = document.get("oneOf", document.get("anyOf"))
    found = [_envelope(choice, at) for at, choice in enumerate(choices)] if isinstance(choices, list) else []
    if all(envelope is not None for envelope in found):
        yield from (envelope for envelope in found if envelope is not None)


def _envelope(choice: JsonValue, at: int) -> _Envelope | None:
    properties = choice.get("properties") if isinstance(choice, dict) else None
    required = choice.get("required") if isinstance(choice, dict) else None
    if not isinstance(properties, dict) or "data" not in properties or not isinstance(required, list):
        return None
    name, version = _constant(properties.get("name")), _constant(properties.get("v"))
    if name is None:
        return None
    place = below("#", "oneOf", at, "properties", "data")
    return _Envelope(name, version, version is None or "v" not in required, properties["data"], place)


def _constant(schema: JsonValue) -> str | None:
    value = schema.get("const") if isinstance(schema, dict) else None
    return value if isinstance(value, str) else None
