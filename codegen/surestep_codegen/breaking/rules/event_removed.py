"""B109: an event is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_removed_events(both: Comparison) -> Iterator[Change]:
    """An event is gone, or has another name.

    Who sends it is told that there is no such event, and who waits for it waits in vain. Mark it as deprecated
    first.
    """
    for name in both.old.events:
        if name not in both.new.events:
            path: Path = ("events", name)
            yield Change(
                path,
                f"the event `{name}` is gone, and producers may still send it",
                "keep it with `deprecated: true` until nobody sends it",
                old_place=path,
            )


RULE: Final = Rule(
    code="B109",
    title="an event is removed",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_removed_events,
    invalid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/placed: {data: {id: string}}}",
        ),
        (
            "jobs: {shop/sync: {}}",
            "jobs: {shop/sync-all: {}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string}, deprecated: true}}",
        ),
        (
            "jobs: {shop/sync: {}}",
            ("jobs: {shop/sync: {}}\nevents: {order/created: {}}"),
        ),
    ),
)
