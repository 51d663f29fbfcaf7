"""B153: a type is widened or replaced."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_widened_types(both: Comparison) -> Iterator[Change]:
    """A value can be of a type that consumers of the old contract do not expect."""
    for found in both.read(RefusalKind.TYPE):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"it is `{refusal.given_text}`, and consumers expect `{refusal.wanted_text}`{found.note}",
            "add a field of the new type, and keep sending the old one",
            place=refusal.given,
        )


RULE: Final = Rule(
    code="B153",
    title="a type is widened or replaced",
    category=Category.WIRE,
    direction=Direction.CONSUMERS,
    find=find_widened_types,
    invalid=(
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: number}}}",
        ),
        (
            "events: {order/created: {data: {id: uuid}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
        (
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
            "events: {order/created: {data: {currency: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {total: number}}}",
            "events: {order/created: {data: {total: integer}}}",
        ),
        (
            "events: {order/created: {data: {note: string}}}",
            "events: {order/created: {data: {note: 'enum[a, b]'}}}",
        ),
    ),
)
