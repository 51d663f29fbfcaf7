"""B104: a type is narrowed or replaced."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_narrowed_types(both: Comparison) -> Iterator[Change]:
    """A type does not accept all that the old one did.

    What counts is the wire: `integer` may become `number` or `decimal`, a `uuid` or `date` may become `string`, an
    object may become a map of its fields' types, anything may become `json`. Names of types do not matter.
    """
    for found in both.sent(RefusalKind.TYPE):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"it is `{refusal.wanted_text}`, and producers send `{refusal.given_text}`{found.note}",
            "add a field of the new type, or keep the old version of the event under `previous`",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B104",
    title="a type is narrowed or replaced",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_narrowed_types,
    invalid=(
        (
            "events: {order/created: {data: {total: number}}}",
            "events: {order/created: {data: {total: integer}}}",
        ),
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: string}}}",
        ),
        (
            "events: {order/created: {data: {ids: 'list[string]'}}}",
            "events: {order/created: {data: {ids: 'map[string]'}}}",
        ),
        (
            "events: {order/created: {data: {currency: string}}}",
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
        ),
        (
            "functions: {ship: {input: {id: integer}}}",
            "functions: {ship: {input: {id: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: number}}}",
        ),
        (
            "events: {order/created: {data: {id: uuid}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
        (
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
            "events: {order/created: {data: {currency: string}}}",
        ),
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: integer | string}}}",
        ),
        (
            ("types: {Money: decimal}\nevents: {order/created: {data: {total: Money}}}"),
            "events: {order/created: {data: {total: decimal}}}",
        ),
        (
            ("types: {Address: {fields: {zip: string}}}\nevents: {order/created: {data: {to: Address}}}"),
            ("types: {Location: {fields: {zip: string}}}\nevents: {order/created: {data: {to: Location}}}"),
        ),
        (
            ("types: {Tree: {fields: {children: 'list[Tree]'}}}\nevents: {order/created: {data: {root: Tree}}}"),
            ("types: {Node: {fields: {children: 'list[Node]'}}}\nevents: {order/created: {data: {root: Node}}}"),
        ),
    ),
)
