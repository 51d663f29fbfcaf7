"""B151: a field that consumers rely on is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_fields_no_longer_sent(both: Comparison) -> Iterator[Change]:
    """A field that was always there is gone: a required one, or one with a default.

    Defaults are filled in before anybody reads an event.
    """
    for found in both.read(RefusalKind.FIELD_MISSING):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the field `{refusal.subject}` is gone, and consumers rely on it{found.note}",
            "keep sending it until nobody reads it",
            old_place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B151",
    title="a field that consumers rely on is removed",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_fields_no_longer_sent,
    invalid=(
        (
            "events: {order/created: {data: {id: string, total: integer}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
        (
            "events: {order/created: {data: {plan: {type: string, default: free}}}}",
            "events: {order/created: {data: {}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {note?: string}}}",
            "events: {order/created: {data: {}}}",
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total: integer}}}",
        ),
        (
            "functions: {ship: {input: {id: string}}}",
            "functions: {ship: {input: {}}}",
        ),
    ),
)
