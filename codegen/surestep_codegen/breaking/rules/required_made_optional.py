"""B152: a required field may be absent."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_fields_made_optional(both: Comparison) -> Iterator[Change]:
    """A field that was always there may be absent now. With a default it is filled in before anybody reads it."""
    for found in both.read(RefusalKind.FIELD_OPTIONAL):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the field `{refusal.subject}` may be absent, and consumers rely on it{found.note}",
            "give it a default, which is filled in for consumers",
            place=refusal.given,
        )


RULE: Final = Rule(
    code="B152",
    title="a required field may be absent",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_fields_made_optional,
    invalid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id?: string}}}",
        ),
        (
            "events: {order/created: {data: {plan: {type: string, default: free}}}}",
            "events: {order/created: {data: {plan?: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: {type: string, default: none}}}}",
        ),
        (
            "events: {order/created: {data: {id?: string}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
    ),
)
