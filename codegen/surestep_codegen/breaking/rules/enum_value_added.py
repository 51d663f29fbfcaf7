"""B155: an enum value is added."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_added_enum_values(both: Comparison) -> Iterator[Change]:
    """A value can come that consumers of the old contract do not know."""
    for found in both.read(RefusalKind.VALUE):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject.strip('"')),
            f"the value {refusal.subject} is added, and consumers do not know it{found.note}",
            "send it when consumers are ready",
            place=refusal.given,
        )


RULE: Final = Rule(
    code="B155",
    title="an enum value is added",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_added_enum_values,
    invalid=(
        (
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
            "events: {order/created: {data: {currency: 'enum[eur]'}}}",
        ),
        (
            "events: {order/created: {data: {currency: string}}}",
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
        ),
    ),
)
