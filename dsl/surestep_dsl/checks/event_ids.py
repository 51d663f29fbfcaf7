"""Id templates of events: their fields must always be there."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    UnionOf,
)
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.id_template import TemplateField, TemplateProblem, literal_text, parse_id_template
from surestep_dsl.limits import MAX_EVENT_ID_CHARACTERS, MAX_EVENT_ID_TEMPLATE_CHARACTERS
from surestep_dsl.model import EventDef
from surestep_dsl.nearest import did_you_mean

__all__ = ["CHECK"]


def find_bad_event_ids(view: View) -> Iterator[Diagnostic]:
    """An event's `id` is a template over required scalars of its data.

    Two events with one id are one event within 24 hours, so a field that may be absent or null would make different
    events equal. Sensitive values are refused, because ids are shown and stored in plain text.
    """
    for event in view.project.events.values():
        if event.id_template is None:
            continue
        path = ("events", event.name, "id")
        if len(event.id_template) > MAX_EVENT_ID_TEMPLATE_CHARACTERS:
            message = f"the template of an event id has at most {MAX_EVENT_ID_TEMPLATE_CHARACTERS:,} characters"
            yield view.find("V104", message, path, value=True)
            continue
        parts = parse_id_template(event.id_template)
        if isinstance(parts, TemplateProblem):
            yield view.find_in("V104", parts.message, path, parts.start, parts.end)
            continue
        if len(literal_text(parts)) > MAX_EVENT_ID_CHARACTERS:
            message = f"an event id has at most {MAX_EVENT_ID_CHARACTERS} characters"
            yield view.find("V104", message, path, value=True)
        for part in parts:
            if isinstance(part, TemplateField):
                yield from _judge_field(view, event, part)


def _judge_field(view: View, event: EventDef, part: TemplateField) -> Iterator[Diagnostic]:
    """Follow one path through the payload."""
    path = ("events", event.name, "id")
    fields: tuple[Field, ...] | None = view.project.fields_of(event.fields, event.data_type)
    data_type: DataType | None = None
    for at, name in enumerate(part.path):
        known = {field.name: field for field in fields or ()}
        if name not in known:
            parent = f"`{'.'.join(part.path[:at])}`" if at else "the event's data"
            hint = did_you_mean(name, known, "nested fields are written {a.b}")
            yield view.find_in("V104", f"{parent} has no field `{name}`", path, part.start, part.end, hint)
            return
        field = known[name]
        dotted = ".".join(part.path[: at + 1])
        if field.optional:
            message = f"`{dotted}` may be absent, so different events could get one id"
            yield view.find_in("V104", message, path, part.start, part.end, "use a required field")
        if field.sensitive or _is_sensitive(view, field.type):
            message = f"`{dotted}` is sensitive: an id is stored and shown in plain text"
            yield view.find_in("V107", message, path, part.start, part.end)
        if field.deprecated:
            yield view.find_in("T201", f"the field `{dotted}` is deprecated", path, part.start, part.end)
        data_type = field.type
        fields = _fields_of(view, data_type)
    if data_type is not None and not _is_scalar(view, data_type):
        message = f"`{'.'.join(part.path)}` is not a scalar that is always there"
        yield view.find_in("V104", message, path, part.start, part.end, "use a text, a number or an enum")


def _fields_of(view: View, data_type: DataType) -> tuple[Field, ...] | None:
    match data_type:
        case ObjectOf(fields):
            return fields
        case Named(name):
            definition = view.project.types.get(name)
            if isinstance(definition, AliasDef):
                return _fields_of(view, definition.of)
            return definition.fields if isinstance(definition, ObjectDef) else None
        case _:
            return None


def _is_scalar(view: View, data_type: DataType) -> bool:
    match data_type:
        case Scalar(kind):
            return kind not in (ScalarKind.JSON, ScalarKind.NULL)
        case EnumOf():
            return True
        case UnionOf(members):
            return all(_is_scalar(view, member) for member in members)
        case Named(name):
            match view.project.types.get(name):
                case AliasDef(of=of):
                    return _is_scalar(view, of)
                case EnumDef():
                    return True
                case ObjectDef() | TaggedUnionDef() | None:
                    return False
        case Nullable() | ListOf() | MapOf() | ObjectOf():
            return False


def _is_sensitive(view: View, data_type: DataType) -> bool:
    definition = view.project.types.get(data_type.name) if isinstance(data_type, Named) else None
    return isinstance(definition, AliasDef) and (definition.sensitive or _is_sensitive(view, definition.of))


CHECK: Final = Check(
    codes=("V104", "V107"),
    find=find_bad_event_ids,
    valid=(
        """
events:
  shop/invoice.paid: {id: "paid-{invoiceId}-{payment.kind}", data: {invoiceId: string, payment: Payment}}
types:
  Payment: {fields: {kind: Kind}}
  Kind: enum[card, bank]
""",
        'events: {shop/order.created: {id: "{{order}}-{n}", data: {n: integer}}}',
    ),
    invalid=(
        ('events: {shop/order.created: {id: "o-{orderid}", data: {orderId: string}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n}", data: {n?: string}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n}", data: {n: string?}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n}", data: {n: {type: string, default: x}}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n}", data: {n: "list[string]"}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n", data: {n: string}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{}", data: {n: string}}}', "V104"),
        ('events: {shop/order.created: {id: "o-{n.m}", data: {n: string}}}', "V104"),
        (f'events: {{shop/order.created: {{id: "{"o" * 256}-{{n}}", data: {{n: string}}}}}}', "V104"),
        ('events: {shop/user.seen: {id: "u-{mail}", data: {mail: {type: email, sensitive: true}}}}', "V107"),
        (
            """
events: {shop/user.seen: {id: "u-{mail}", data: {mail: Mail}}}
types: {Mail: {type: email, sensitive: true}}
""",
            "V107",
        ),
    ),
)
