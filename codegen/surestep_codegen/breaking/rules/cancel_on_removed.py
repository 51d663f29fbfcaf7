"""B206: a cancel_on is removed or changed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.flow import CancelOn
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_removed_cancellations(both: Comparison) -> Iterator[Change]:
    """An event that cancelled runs in flight cancels them no longer, or under another condition.

    Its timeout may change. A job is cancelled by its `.cancelled` event.
    """
    for function, other in both.functions:
        known = {(entry.event, _condition(entry)) for entry in other.options.cancel_on}
        for at, entry in enumerate(function.options.cancel_on):
            if (entry.event, _condition(entry)) in known:
                continue
            remains = [index for index, found in enumerate(other.options.cancel_on) if found.event == entry.event]
            path: Path = ("functions", function.id, "cancel_on")
            yield Change(
                (*path, entry.event),
                f"`{entry.event}` {'cancels on another condition' if remains else 'no longer cancels'}, "
                "and runs in flight may rely on it",
                "keep it until the runs that were begun with it have ended",
                place=(*path, remains[0]) if remains else None,
                old_place=(*path, at),
            )


def _condition(entry: CancelOn) -> str | None:
    """`match: data.id` is short for a condition."""
    return f"event.{entry.match} == async.{entry.match}" if entry.match is not None else entry.condition


RULE: Final = Rule(
    code="B206",
    title="a cancel_on is removed or changed",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_removed_cancellations,
    invalid=(
        (
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}, "
                "cancel_on: {event: order/cancelled, match: data.id}}}"
            ),
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}}}"
            ),
        ),
        (
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}, "
                "cancel_on: {event: order/cancelled, match: data.id}}}"
            ),
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}, "
                "cancel_on: {event: order/cancelled, if: event.data.id != async.data.id}}}"
            ),
        ),
    ),
    valid=(
        (
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}, "
                "cancel_on: {event: order/cancelled, match: data.id}}}"
            ),
            (
                "events: {order/created: {data: {id: string}}, order/cancelled: {data: {id: string}}}\n"
                "functions: {ship: {triggers: {event: order/created}, "
                "cancel_on: [{event: order/cancelled, match: data.id, timeout: 1h}]}}"
            ),
        ),
    ),
)
