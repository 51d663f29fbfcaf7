"""Id templates that different events would share."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.id_template import TemplateField, TemplateProblem, literal_text, parse_id_template
from surestep_dsl.model import Path

__all__ = ["CHECK"]

_HINT: Final = "begin it with what happened, for instance invoice-paid-{invoiceId}"


def find_generic_event_ids(view: View) -> Iterator[Diagnostic]:
    """An event's `id` should say which event it is.

    Ids are compared over all events of an app. `{orderId}` alone makes `order/created` and `order/cancelled` of one
    order duplicates of each other, and the second is dropped; so are two templates that differ only in field names. A
    template without any field makes all events of its kind duplicates.
    """
    by_shape: dict[str, list[Path]] = defaultdict(list)
    for event in view.project.events.values():
        parts = parse_id_template(event.id_template) if event.id_template is not None else None
        if parts is None or isinstance(parts, TemplateProblem):
            continue
        path = ("events", event.name, "id")
        if not any(isinstance(part, TemplateField) for part in parts):
            message = "this id has no field: all these events would be duplicates of the first"
            yield view.find("V202", message, path, _HINT, value=True)
        elif not literal_text(parts).strip():
            message = "this id has no text of its own, so another event can have an equal one"
            yield view.find("V202", message, path, _HINT, value=True)
        else:
            by_shape["".join(part if isinstance(part, str) else "{}" for part in parts)].append(path)
    for paths in by_shape.values():
        if len(paths) > 1:
            message = "two events have one id template, so one event can hide the other"
            yield view.find_at_last("V202", message, paths, _HINT)


CHECK: Final = Check(
    codes=("V202",),
    find=find_generic_event_ids,
    valid=(
        """
events:
  shop/order.created: {id: "created-{n}", data: {n: integer}}
  shop/order.cancelled: {id: "cancelled-{n}", data: {n: integer}}
""",
    ),
    invalid=(
        ('events: {shop/order.created: {id: "{n}", data: {n: integer}}}', "V202"),
        ('events: {shop/order.created: {id: "order", data: {n: integer}}}', "V202"),
        (
            """
events:
  shop/order.created: {id: "order-{n}", data: {n: integer}}
  shop/order.cancelled: {id: "order-{m}", data: {m: integer}}
""",
            "V202",
        ),
    ),
)
