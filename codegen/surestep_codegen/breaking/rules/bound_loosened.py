"""B154: a bound is loosened."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_loosened_bounds(both: Comparison) -> Iterator[Change]:
    """A value can be outside of the bounds that consumers of the old contract were promised."""
    for found in both.read(RefusalKind.BOUND):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject),
            f"`{refusal.subject}` is {refusal.given_text}, and consumers expect {refusal.wanted_text}{found.note}",
            "keep the old bound until consumers are ready",
            place=(*refusal.given, refusal.subject),
        )


RULE: Final = Rule(
    code="B154",
    title="a bound is loosened",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_loosened_bounds,
    invalid=(
        (
            "events: {order/created: {data: {total: {type: integer, min: 1}}}}",
            "events: {order/created: {data: {total: {type: integer, min: 0}}}}",
        ),
        (
            "events: {order/created: {data: {note: {type: string, max_length: 40}}}}",
            "events: {order/created: {data: {note: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: {type: integer, min: 0}}}}",
        ),
        (
            "events: {order/created: {data: {total: {type: integer, max: 9}}}}",
            "events: {order/created: {data: {total: {type: integer, exclusive_max: 10}}}}",
        ),
    ),
)
