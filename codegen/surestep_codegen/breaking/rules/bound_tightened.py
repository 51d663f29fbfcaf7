"""B105: a bound is tightened."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_tightened_bounds(both: Comparison) -> Iterator[Change]:
    """A constraint refuses values that the old contract allowed.

    Constraints are compared by meaning: for an integer, `exclusive_min: 0` is `min: 1`. Of two different patterns
    nobody can say which accepts more, so a changed pattern counts as tightened.
    """
    for found in both.sent(RefusalKind.BOUND):
        refusal = found.refusal
        yield Change(
            (*refusal.where, refusal.subject),
            f"`{refusal.subject}` is {refusal.wanted_text}, and was {refusal.given_text}{found.note}",
            "keep the old bound, or check the value in the handler",
            place=(*refusal.wanted, refusal.subject),
        )


RULE: Final = Rule(
    code="B105",
    title="a bound is tightened",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_tightened_bounds,
    invalid=(
        (
            "events: {order/created: {data: {total: {type: integer, min: 0}}}}",
            "events: {order/created: {data: {total: {type: integer, min: 1}}}}",
        ),
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: {type: integer, max: 100}}}}",
        ),
        (
            "events: {order/created: {data: {note: {type: string, max_length: 80}}}}",
            "events: {order/created: {data: {note: {type: string, max_length: 40}}}}",
        ),
        (
            "events: {order/created: {data: {code: {type: string, pattern: '^a'}}}}",
            "events: {order/created: {data: {code: {type: string, pattern: '^b'}}}}",
        ),
        (
            "events: {order/created: {data: {ids: 'list[string]'}}}",
            "events: {order/created: {data: {ids: {type: 'list[string]', min_items: 1}}}}",
        ),
        (
            ("types: {Money: {type: integer}}\nevents: {order/created: {data: {a: Money, b: Money}}}"),
            ("types: {Money: {type: integer, min: 0}}\nevents: {order/created: {data: {a: Money, b: Money}}}"),
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {total: {type: integer, min: 1}}}}",
            "events: {order/created: {data: {total: {type: integer, min: 0}}}}",
        ),
        (
            "events: {order/created: {data: {total: {type: integer, exclusive_min: 0}}}}",
            "events: {order/created: {data: {total: {type: integer, min: 1}}}}",
        ),
        (
            "events: {order/created: {data: {total: {type: integer, multiple_of: 10}}}}",
            "events: {order/created: {data: {total: {type: integer, multiple_of: 5}}}}",
        ),
        (
            "events: {order/created: {data: {at: {type: date, min: 2024-06-01}}}}",
            "events: {order/created: {data: {at: {type: date, min: 2024-01-01}}}}",
        ),
    ),
)
