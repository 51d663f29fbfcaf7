"""B156: a union member, or null, is added."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_added_union_members(both: Comparison) -> Iterator[Change]:
    """A value can be what no member of the old union was; null is such a member, too."""
    for found in both.read(RefusalKind.MEMBER):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject),
            f"`{refusal.subject}` is added, and consumers do not expect it{found.note}",
            "send it when consumers are ready",
            place=refusal.given,
        )


RULE: Final = Rule(
    code="B156",
    title="a union member, or null, is added",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_added_union_members,
    invalid=(
        (
            "events: {order/created: {data: {note: string}}}",
            "events: {order/created: {data: {note: string?}}}",
        ),
        (
            "events: {order/created: {data: {id: string | integer}}}",
            "events: {order/created: {data: {id: string | integer | boolean}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {note: string?}}}",
            "events: {order/created: {data: {note: string}}}",
        ),
        (
            "events: {order/created: {data: {id: string | integer}}}",
            "events: {order/created: {data: {id: integer | string}}}",
        ),
    ),
)
