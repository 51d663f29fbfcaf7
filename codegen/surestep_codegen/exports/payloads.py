"""The schemas of payloads: one for each version of each event, with a name that no other schema has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from surestep_codegen.exports.scalars import ANNOTATION, Schema
from surestep_codegen.exports.types import SchemaWriter
from surestep_dsl.class_names import class_names
from surestep_dsl.datatypes import Field, JsonValue
from surestep_dsl.model import EventDef, Path, Project
from surestep_dsl.names import class_name

__all__ = ["Payload", "payloads", "type_schemas"]


@dataclass(frozen=True, slots=True)
class Payload:
    """The payload of one version of an event.

    Attributes:
        key: the name of its class; unlike those of all other payloads and types, and ASCII.
        version: None where the event has none.
        is_current: what an event without `v` is.
    """

    key: str
    event: EventDef
    version: str | None
    is_current: bool
    schema: Schema


def payloads(project: Project, events: Iterable[EventDef], writer: SchemaWriter, pointer: str) -> Iterator[Payload]:
    """The payloads of events, each current version followed by its older ones; `pointer` is where schemas stand."""
    names = {declared.path: declared.name for declared in class_names(project)}
    for event in events:
        path: Path = ("events", event.name)
        writer = replace(writer, is_open=event.external)
        key = _ascii(names.get(path, class_name(event.name)))
        schema = _schema(project, event.fields, event.data_type, writer, f"{pointer}{key}")
        yield Payload(key, event, event.version, is_current=True, schema=writer.described(schema, _about(event)))
        for at, older in enumerate(event.previous):
            key = _ascii(names[(*path, "previous", at)])
            schema = _schema(project, older.fields, older.data_type, writer, f"{pointer}{key}")
            about: Schema = {"title": event.name, "description": f"Version {older.version}."}
            yield Payload(key, event, older.version, is_current=False, schema=writer.described(schema, about))


def type_schemas(project: Project, writer: SchemaWriter, pointer: str) -> dict[str, Schema]:
    """The schemas of all named types."""
    return {name: writer.definition(project.types[name], f"{pointer}{name}") for name in project.types}


def _schema(
    project: Project, fields: tuple[Field, ...], data_type: str | None, writer: SchemaWriter, pointer: str
) -> Schema:
    if data_type is None:
        return writer.fields(fields, pointer)
    if not writer.is_open:
        return writer.reference(data_type)
    # an external event keeps unknown fields, the type that it borrows the others from does not
    closed = replace(writer, is_open=False)
    return closed.fields(project.fields_of(fields, data_type), pointer, is_open=True)


def _about(event: EventDef) -> Schema:
    about: Schema = {"title": event.name}
    if event.description:
        about["description"] = event.description
    if event.examples:
        about["examples"] = list(event.examples)
    if event.deprecated:
        about["deprecated"] = True
    extra: dict[str, JsonValue] = {}
    if event.version is not None:
        extra["version"] = event.version
    if event.id_template is not None:
        extra["id"] = event.id_template
    if event.external:
        extra["external"] = True
    if event.python is not None:
        extra["python"] = event.python
    return about | ({ANNOTATION: extra} if extra else {})


def _ascii(name: str) -> str:
    """Keys of an AsyncAPI document are ASCII."""
    return "".join(letter if letter.isascii() else f"u{ord(letter):X}" for letter in name)
