"""One module per event: classes of nested objects, of the payload and of the event itself, for each version."""

from dataclasses import dataclass

from surestep_codegen.plan.annotations import Annotation, Annotator, with_examples
from surestep_codegen.plan.index import Index, data_of
from surestep_codegen.plan.model import AliasPlan, ClassPlan, DataModule, Declaration, FieldPlan, UpcastPlan
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.shapes import Shape, shape_of_fields
from surestep_codegen.plan.versions import lifts
from surestep_codegen.python import Scope
from surestep_dsl.datatypes import Field
from surestep_dsl.model import EventDef

__all__ = ["plan_event"]

_ENVELOPE = frozenset({"name", "data", "id", "ts", "v", "id_template"})


@dataclass(frozen=True, slots=True)
class _Version:
    """What one version of an event says, and its classes."""

    event: EventDef
    name: str
    data: str
    version: str | None
    fields: tuple[Field, ...]
    data_type: str | None
    id_template: str | None
    description: str

    @property
    def payload_description(self) -> str:
        older = "" if self.version == self.event.version else f", version {self.version}"
        return f"Payload of `{self.event.name}`{older}."


def plan_event(index: Index, event: EventDef) -> DataModule:
    """The module of an event."""
    target = index.event(event.name)
    versions = _versions(index, event)
    shape = Shape(attributes=_ENVELOPE)
    for version in versions:
        shape |= Shape(frozenset({version.name, version.data}))
        shape |= shape_of_fields(index, version.fields, version.name, version.data)
        if version.data_type is not None:
            shape |= Shape(references=frozenset({index.type(version.data_type)}))
    scope = Scope(target.module, shape.classes, shape.attributes, shape.references)
    declarations = tuple(found for version in versions for found in _declare(index, version, scope))
    upcasts = tuple(
        UpcastPlan(
            lift.upcast.name,
            scope.library("surestep.authoring.upcasts", "Upcast"),
            lift.old.name,
            lift.new.name,
            data_of(lift.new).name,
        )
        for lift in lifts(index, event)
    )
    description = f"Event `{event.name}`."
    return DataModule(module_path(target.module), description, scope.imports(), declarations, upcasts=upcasts)


def _versions(index: Index, event: EventDef) -> list[_Version]:
    """The current version and the older ones, newest first."""
    target = index.event(event.name)
    description = event.description or f"The event `{event.name}`."
    current = _Version(
        event,
        target.name,
        data_of(target).name,
        event.version,
        event.fields,
        event.data_type,
        event.id_template,
        f"{description}\n\nDeprecated." if event.deprecated else description,
    )
    older = (
        _Version(
            event,
            index.older_event(event.name, found).name,
            data_of(index.older_event(event.name, found)).name,
            found.version,
            found.fields,
            found.data_type,
            None,
            found.description or f"Version {found.version} of `{event.name}`.",
        )
        for found in event.previous
    )
    return [current, *older]


def _declare(index: Index, version: _Version, scope: Scope) -> tuple[Declaration, ...]:
    base = (
        scope.library("surestep.authoring.events", "EngineEvent")
        if version.event.name in index.engine_events
        else scope.library("surestep", "Event")
    )
    annotator = Annotator(index, scope, "ExternalData" if version.event.external else "Data")
    if version.data_type is not None:
        return _named_payload(index, version, version.data_type, scope), _event_class(version, base, scope)
    annotator.declare(version.data, version.fields, version.payload_description, version.name)
    return *annotator.classes, _event_class(version, base, scope)


def _named_payload(index: Index, version: _Version, data_type: str, scope: Scope) -> Declaration:
    """Another name of the object type; for an external event a class that also keeps unknown fields."""
    name, named, description = version.data, scope.reference(index.type(data_type)), version.payload_description
    if version.event.external:
        return ClassPlan(name, f"{named}, {scope.library('surestep', 'ExternalData')}, frozen=True", description, ())
    return AliasPlan(name, scope.library("typing", "TypeAlias"), named, is_circular=False, description=description)


def _event_class(version: _Version, base: str, scope: Scope) -> ClassPlan:
    literal = scope.library("typing", "Literal")
    wire_name = version.event.name
    is_current = version.version == version.event.version
    data = with_examples(Annotation(version.data), version.event.examples if is_current else ())
    fields = [
        FieldPlan("name", f"{literal}[{wire_name!r}]", repr(wire_name), ""),
        FieldPlan("data", data.spell(scope), None, ""),
    ]
    if version.version is not None:
        fields.append(FieldPlan("v", f"{literal}[{version.version!r}]", repr(version.version), ""))
    if version.id_template is not None:
        class_variable = f"{scope.library('typing', 'ClassVar')}[str | None]"
        fields.append(FieldPlan("id_template", class_variable, repr(version.id_template), ""))
    return ClassPlan(version.name, f"{base}, frozen=True", version.description, tuple(fields))
