"""What an importer brings home: types and events as the language knows them, and the remarks made on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surestep_codegen.exports.scalars import ANNOTATION
from surestep_codegen.imports.containers import description_of, examples_of
from surestep_codegen.imports.definitions import finish_types, read_payload
from surestep_codegen.imports.names import event_name
from surestep_codegen.imports.pointers import References
from surestep_codegen.imports.python_names import name_events, name_type
from surestep_codegen.imports.schemas import SchemaReader
from surestep_codegen.imports.values import ValueFilter
from surestep_dsl.datatypes import JsonValue, TypeDef
from surestep_dsl.id_template import TemplateProblem, parse_id_template
from surestep_dsl.model import EventDef, EventVersion
from surestep_dsl.names import class_name, is_python_name
from surestep_dsl.system_events import SYSTEM_EVENTS

__all__ = ["Catalogue", "Gathered"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The declarations of one spec.

    Attributes:
        title: what the app may be called after.
    """

    title: str
    description: str
    types: Mapping[str, TypeDef]
    events: Mapping[str, EventDef]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Events as they are found, and the schemas that get a name.

    Attributes:
        declared: schemas that are types by their place, with their key there.
        inlined: of these, the ones that are written out as the payload of an event.
    """

    reader: SchemaReader
    events: dict[str, EventDef] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    inlined: set[str] = field(default_factory=set)

    def add(
        self,
        name: str,
        schema: JsonValue,
        at: str,
        *,
        version: str | None = None,
        description: str = "",
        examples: tuple[JsonValue, ...] = (),
    ) -> None:
        """An event whose payload `schema` describes; its own words count more than those of the schema."""
        remarks, mended = self.reader.remarks, event_name(name)
        if mended != name and name not in SYSTEM_EVENTS:
            remarks.note(at, name, f"the wire forbids such a name: `{mended}`")
        if name in SYSTEM_EVENTS:
            remarks.note(at, name, "every app has this event without declaring it: left out")
            self._pass_by(schema, at)
            return
        if mended in self.events:
            remarks.lose(at, name, "there is an event of this name already: this one is left out")
            return
        wanted = _python_name(schema, at, self.reader.references) or class_name(mended) or "Event"
        chosen = self.reader.declared.reserve_class(wanted)
        payload = read_payload(self.reader, schema, at, chosen)
        if payload is None:
            return
        self.inlined.update(payload.passed)
        about = dict(payload.about)
        self.events[mended] = EventDef(
            mended,
            payload.fields,
            payload.data_type,
            description=description or _own_description(about, name),
            version=version,
            id_template=_id_template(about),
            deprecated=about.get("deprecated") is True,
            external=payload.is_open,
            python=None if chosen == class_name(mended) else chosen,
            examples=examples or examples_of(about),
        )

    def add_older(self, name: str, version: str, schema: JsonValue, at: str) -> None:
        """An older version of an event that has been added."""
        event = self.events.get(event_name(name))
        if event is None or event.version is None:
            self.reader.remarks.lose(at, version, "a version without a current one: left out")
            return
        payload = read_payload(self.reader, schema, at, f"{class_name(name)}V{class_name(version)}")
        if payload is not None:
            self.inlined.update(payload.passed)
            older = EventVersion(version, payload.fields, payload.data_type)
            self.events[event.name] = replace(event, previous=(*event.previous, older))

    def declare(self, pointer: str, name: str) -> None:
        """A schema that becomes a type, unless it is no more than the payload of an event."""
        self.declared[pointer] = name

    def finish(self, title: str, description: str) -> Catalogue:
        """The catalogue, once everything is added."""
        for pointer, name in self.declared.items():
            if pointer not in self.inlined:
                self.reader.named(pointer, name)
        types = {name: name_type(definition) for name, definition in finish_types(self.reader).items()}
        values = ValueFilter(types, self.reader.remarks)
        types = {name: values.definition(types[name]) for name in types}
        events = {name: values.event(self.events[name]) for name in sorted(self.events)}
        return Catalogue(title, description, types, name_events(events, types))

    def _pass_by(self, schema: JsonValue, at: str) -> None:
        """A payload that is not carried over needs no type either."""
        if isinstance(schema, dict) and "$ref" in schema:
            self.inlined.add(self.reader.references.pointer(schema["$ref"], at))


def _own_description(about: dict[str, JsonValue], name: str) -> str:
    """The description; a title only where it says more than the event's name."""
    text = description_of(about)
    return "" if text == name else text


def _python_name(schema: JsonValue, at: str, references: References) -> str | None:
    """The Python name that our own export notes, on a payload or where its reference leads."""
    seen = set[str]()
    while isinstance(schema, dict) and at not in seen:
        seen.add(at)
        annotation = schema.get(ANNOTATION)
        name = annotation.get("python") if isinstance(annotation, dict) else None
        if isinstance(name, str) and is_python_name(name):
            return name
        if "$ref" in schema:
            at = references.pointer(schema["$ref"], at)
            schema = references.find(at, at)
    return None


def _id_template(about: Mapping[str, JsonValue]) -> str | None:
    """The template of deduplication ids that our own export notes."""
    annotation = about.get(ANNOTATION)
    template = annotation.get("id") if isinstance(annotation, dict) else None
    is_fine = isinstance(template, str) and not isinstance(parse_id_template(template), TemplateProblem)
    return template if is_fine and isinstance(template, str) else None
