"""B106: an enum value is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_removed_enum_values(both: Comparison) -> Iterator[Change]:
    """A value is no longer in an enum, or has another spelling.

    Producers that send it are refused. The order of values does not matter.
    """
    for found in both.sent(RefusalKind.VALUE):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject.strip('"')),
            f"the value {refusal.subject} is gone, and producers may still send it{found.note}",
            "keep it until nobody sends it",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B106",
    title="an enum value is removed",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_removed_enum_values,
    invalid=(
        (
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
        ),
        (
            (
                "types: {Currency: {enum: {usd: US dollar, eur: Euro}}}\n"
                "events: {order/created: {data: {currency: Currency}}}"
            ),
            (
                "types: {Currency: {enum: {usd: US dollar, gbp: Pound}}}\n"
                "events: {order/created: {data: {currency: Currency}}}"
            ),
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
            "events: {order/created: {data: {currency: 'enum[eur, usd, gbp]'}}}",
        ),
        (
            ("types: {Currency: {enum: {usd: US dollar}}}\nevents: {order/created: {data: {currency: Currency}}}"),
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
        ),
        (
            "events: {order/created: {data: {n: 'enum[1, 2]'}}}",
            "events: {order/created: {data: {n: integer}}}",
        ),
    ),
)
