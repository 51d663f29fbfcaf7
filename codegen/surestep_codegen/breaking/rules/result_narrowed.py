"""B205: a result that runs keep is narrowed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import Refusal, RefusalKind
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_narrowed_results(both: Comparison) -> Iterator[Change]:
    """The type of a result refuses results that runs in flight have stored.

    These are results of declared steps, events that declared waits have received, and what invoked functions
    return. A type that accepts everything the old one did is fine. A function without `returns` returns null.
    """
    for refusal, users in both.kept:
        if refusal.kind is not RefusalKind.DEFAULT:
            yield Change(
                refusal.where,
                f"runs in flight may keep a result that is refused now: {_describe(refusal)} ({', '.join(users)})",
                "accept what the old type accepted, or use another step id",
                place=(*refusal.wanted, refusal.subject),
            )


def _describe(refusal: Refusal) -> str:
    match refusal.kind:
        case RefusalKind.FIELD_MISSING:
            return f"it has no field `{refusal.subject}`"
        case RefusalKind.FIELD_OPTIONAL:
            return f"the field `{refusal.subject}` may be absent in it"
        case RefusalKind.FIELD_UNKNOWN:
            return f"it may have the field `{refusal.subject}`"
        case RefusalKind.TYPE:
            return f"it is `{refusal.given_text}`, not `{refusal.wanted_text}`"
        case RefusalKind.BOUND:
            return f"`{refusal.subject}` is {refusal.wanted_text}, and was {refusal.given_text}"
        case RefusalKind.VALUE | RefusalKind.MEMBER | RefusalKind.DEFAULT:
            return f"it can be `{refusal.subject}`"


RULE: Final = Rule(
    code="B205",
    title="a result that runs keep is narrowed",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_narrowed_results,
    invalid=(
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {pack: {run: integer}}}}",
        ),
        (
            "functions: {ship: {returns: {fields: {id: string}}}}",
            "functions: {ship: {returns: {fields: {id: string, at: date}}}}",
        ),
        (
            "functions: {ship: {}}",
            "functions: {ship: {returns: string}}",
        ),
        (
            "jobs: {shop/sync: {stats: {done: integer}}}",
            "jobs: {shop/sync: {stats: {done: integer, errors: integer}}}",
        ),
        (
            (
                "events: {order/paid: {data: {id: string}}}\n"
                "functions: {ship: {input: {id: string}, steps: {paid: {wait_for_event: order/paid, "
                "match: data.id, timeout: 1h}}}}"
            ),
            (
                "events: {order/paid: {data: {id: string, total: integer}}}\n"
                "functions: {ship: {input: {id: string}, steps: {paid: {wait_for_event: order/paid, "
                "match: data.id, timeout: 1h}}}}"
            ),
        ),
    ),
    valid=(
        (
            "functions: {ship: {steps: {pack: {run: integer}}}}",
            "functions: {ship: {steps: {pack: {run: number}}}}",
        ),
        (
            "functions: {ship: {returns: {fields: {id: string}}}}",
            "functions: {ship: {returns: {fields: {id: string, at?: date}}}}",
        ),
        (
            "functions: {ship: {}}",
            "functions: {ship: {returns: string?}}",
        ),
    ),
)
