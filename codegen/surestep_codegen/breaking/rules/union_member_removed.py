"""B107: a union member, or null, is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_removed_union_members(both: Comparison) -> Iterator[Change]:
    """No member of the new union accepts what a member of the old one did; null is such a member, too.

    Members are compared by what they accept, not by name or order. In a tagged union the tag tells which member has
    taken the place of which.
    """
    for found in both.sent(RefusalKind.MEMBER):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject),
            f"`{refusal.subject}` is no longer accepted, and producers may still send it{found.note}",
            "keep it until nobody sends it",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B107",
    title="a union member, or null, is removed",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_removed_union_members,
    invalid=(
        (
            "events: {order/created: {data: {note: string?}}}",
            "events: {order/created: {data: {note: string}}}",
        ),
        (
            "events: {order/created: {data: {id: integer | string}}}",
            "events: {order/created: {data: {id: string | boolean}}}",
        ),
        (
            (
                "types: {Card: {fields: {kind: 'enum[card]'}}, Bank: {fields: {kind: 'enum[bank]'}}, "
                "Way: {union: {on: kind, of: [Card, Bank]}}}\n"
                "events: {order/created: {data: {way: Way}}}"
            ),
            (
                "types: {Card: {fields: {kind: 'enum[card]'}}, Bank: {fields: {kind: 'enum[bank]'}}, "
                "Way: {union: {on: kind, of: [Card]}}}\n"
                "events: {order/created: {data: {way: Way}}}"
            ),
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {note: string}}}",
            "events: {order/created: {data: {note: string?}}}",
        ),
        (
            "events: {order/created: {data: {id: integer | string}}}",
            "events: {order/created: {data: {id: string | number}}}",
        ),
        (
            (
                "types: {Card: {fields: {kind: 'enum[card]'}}, Bank: {fields: {kind: 'enum[bank]'}}, "
                "Way: {union: {on: kind, of: [Card, Bank]}}}\n"
                "events: {order/created: {data: {way: Way}}}"
            ),
            (
                "types: {Plastic: {fields: {kind: 'enum[card]'}}, Bank: {fields: {kind: 'enum[bank]'}}, "
                "Way: {union: {on: kind, of: [Bank, Plastic]}}}\n"
                "events: {order/created: {data: {way: Way}}}"
            ),
        ),
    ),
)
