"""B102: a field is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_removed_fields(both: Comparison) -> Iterator[Change]:
    """A field is gone, or has another name.

    Data is closed: an event with a field that is not declared is refused. (An event with `external: true` keeps it,
    but nothing can read it any more.) Mark the field as deprecated first, let it be absent, and remove it when
    nobody sends it.
    """
    for found in both.sent(RefusalKind.FIELD_UNKNOWN):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the field `{refusal.subject}` is gone, and producers may still send it{found.note}",
            f"keep it as `{refusal.subject}?` with `deprecated: true` until nobody sends it",
            old_place=refusal.given,
        )


RULE: Final = Rule(
    code="B102",
    title="a field is removed",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_removed_fields,
    invalid=(
        (
            "events: {order/created: {data: {id: string, note?: string}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
        (
            ("events: {order/created: {data: {lines: {items: {fields: {sku: string, count: integer}}}}}}"),
            "events: {order/created: {data: {lines: {items: {fields: {sku: string}}}}}}",
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {orderId: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {id: string, note?: string}}}",
            "events: {order/created: {data: {note?: string, id: string}}}",
        ),
        (
            "events: {order/created: {data: {id: string, note?: string}}}",
            "events: {order/created: {data: {id: string, note?: {type: string, deprecated: true}}}}",
        ),
        (
            "events: {order/created: {data: {to: {fields: {zip: string}}}}}",
            "events: {order/created: {data: {to: 'map[string]'}}}",
        ),
    ),
)
