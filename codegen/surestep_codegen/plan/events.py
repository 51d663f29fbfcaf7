"""One module per event: classes of nested objects, of the payload, and of the event itself."""

from surestep_codegen.plan.annotations import Annotator
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.model import AliasPlan, ClassPlan, DataModule, Declaration, FieldPlan
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.shapes import Shape, shape_of_fields
from surestep_codegen.python import Scope
from surestep_dsl.model import EventDef

__all__ = ["plan_event"]

_ENVELOPE = frozenset({"name", "data", "id", "ts", "v", "id_template"})


def plan_event(index: Index, event: EventDef) -> DataModule:
    """The module of an event."""
    target, data = index.event(event.name), index.data(event.name)
    shape = Shape(frozenset({target.name, data.name}), _ENVELOPE) | shape_of_fields(
        index, event.fields, target.name, data.name
    )
    if event.data_type is not None:
        shape |= Shape(references=frozenset({index.type(event.data_type)}))
    scope = Scope(target.module, shape.classes, shape.attributes, shape.references)
    annotator = Annotator(index, scope, "ExternalData" if event.external else "Data")
    payload: list[Declaration] = []
    if event.data_type is None:
        annotator.declare(data.name, event.fields, f"Payload of `{event.name}`.", target.name)
        payload.extend(annotator.classes)
    else:
        payload.append(_named_payload(index, event, event.data_type, scope))
    declarations = (*payload, _event_class(event, target.name, data.name, scope))
    return DataModule(module_path(target.module), f"Event `{event.name}`.", scope.imports(), declarations)


def _named_payload(index: Index, event: EventDef, data_type: str, scope: Scope) -> Declaration:
    """Another name of the object type; for an external event a class that also keeps unknown fields."""
    name, named = index.data(event.name).name, scope.reference(index.type(data_type))
    description = f"Payload of `{event.name}`."
    if event.external:
        return ClassPlan(name, f"{named}, {scope.library('surestep', 'ExternalData')}, frozen=True", description, ())
    return AliasPlan(name, scope.library("typing", "TypeAlias"), named, is_circular=False, description=description)


def _event_class(event: EventDef, name: str, data: str, scope: Scope) -> ClassPlan:
    literal = f"{scope.library('typing', 'Literal')}[{event.name!r}]"
    fields = [FieldPlan("name", literal, repr(event.name), ""), FieldPlan("data", data, None, "")]
    if event.version is not None:
        fields.append(FieldPlan("v", "str | None", repr(event.version), ""))
    if event.id_template is not None:
        class_variable = f"{scope.library('typing', 'ClassVar')}[str | None]"
        fields.append(FieldPlan("id_template", class_variable, repr(event.id_template), ""))
    description = event.description or f"The event `{event.name}`."
    if event.deprecated:
        description += "\n\nDeprecated."
    return ClassPlan(name, f"{scope.library('surestep', 'Event')}, frozen=True", description, tuple(fields))
