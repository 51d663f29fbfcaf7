"""B103: an optional field is made required."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_fields_made_required(both: Comparison) -> Iterator[Change]:
    """A field that could be absent must be there now, or its default is gone.

    Producers that leave it out are refused. A default keeps them going.
    """
    for found in both.sent(RefusalKind.FIELD_OPTIONAL):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the field `{refusal.subject}` is required, and producers may leave it out{found.note}",
            "give it a default, or let it be absent as before",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B103",
    title="an optional field is made required",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_fields_made_required,
    invalid=(
        (
            "events: {order/created: {data: {note?: string}}}",
            "events: {order/created: {data: {note: string}}}",
        ),
        (
            "events: {order/created: {data: {total: {type: integer, default: 0}}}}",
            "events: {order/created: {data: {total: integer}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {note?: string}}}",
            "events: {order/created: {data: {note: {type: string, default: none}}}}",
        ),
        (
            "events: {order/created: {data: {note: string}}}",
            "events: {order/created: {data: {note?: string}}}",
        ),
    ),
)
