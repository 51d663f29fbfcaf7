"""B108: a default is changed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_changed_defaults(both: Comparison) -> Iterator[Change]:
    """A producer that leaves a field out means something else now.

    Nothing is refused, so nobody would notice. A default that is removed while the field may still be absent
    counts, too.
    """
    for found in both.sent(RefusalKind.DEFAULT):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the default is {refusal.wanted_text or 'gone'}, and was {refusal.given_text}{found.note}",
            "keep the default, or add a field with the new one",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B108",
    title="a default is changed",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_changed_defaults,
    invalid=(
        (
            "events: {order/created: {data: {plan: {type: string, default: free}}}}",
            "events: {order/created: {data: {plan: {type: string, default: pro}}}}",
        ),
        (
            "events: {order/created: {data: {plan: {type: string, default: free}}}}",
            "events: {order/created: {data: {plan?: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {plan?: string}}}",
            "events: {order/created: {data: {plan: {type: string, default: free}}}}",
        ),
        (
            "events: {order/created: {data: {total: {type: number, default: 1}}}}",
            "events: {order/created: {data: {total: {type: number, default: 1.0}}}}",
        ),
    ),
)
