"""B101: a required field is added."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_added_required_fields(both: Comparison) -> Iterator[Change]:
    """A field is added that must be there and has no default.

    Who sends the event, or invokes the function, as the old contract says leaves it out and is refused. Let it be
    absent (`note?`), give it a default, or state a new version and keep the old one under `previous`.
    """
    for found in both.sent(RefusalKind.FIELD_MISSING):
        refusal = found.refusal
        yield Change(
            refusal.where,
            f"the field `{refusal.subject}` is required, and producers do not send it{found.note}",
            f"write `{refusal.subject}?`, give it a default, or keep the old version under `previous`",
            place=refusal.wanted,
        )


RULE: Final = Rule(
    code="B101",
    title="a required field is added",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_added_required_fields,
    invalid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total: integer}}}",
        ),
        (
            ("types: {Address: {fields: {zip: string}}}\nevents: {order/created: {data: {to: Address}}}"),
            ("types: {Address: {fields: {zip: string, city: string}}}\nevents: {order/created: {data: {to: Address}}}"),
        ),
        (
            "functions: {ship: {input: {id: string}}}",
            "functions: {ship: {input: {id: string, to: string}}}",
        ),
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            "events: {order/created: {version: 2, data: {id: string, total: integer}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total?: integer}}}",
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total: {type: integer, default: 0}}}}",
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {total: {type: integer, default: 0}, id: string}}}",
        ),
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            (
                "events: {order/created: {version: 2, data: {id: string, total: integer}, "
                "previous: [{version: 1, data: {id: string}}]}}"
            ),
        ),
    ),
)
