"""B112: an event no longer takes unknown fields."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_closed_events(both: Comparison) -> Iterator[Change]:
    """An event from outside was declared as such and is no longer.

    With `external: true` an event may have fields that are not declared; without, it is refused for them.
    """
    for event, other in both.events:
        if event.external and not other.external:
            path: Path = ("events", event.name)
            yield Change(
                (*path, "external"),
                "fields that are not declared are refused now, and producers may send some",
                "keep `external: true`",
                place=(*path, "external"),
            )


RULE: Final = Rule(
    code="B112",
    title="an event no longer takes unknown fields",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_closed_events,
    invalid=(("events: {order/created: {external: true}}", "events: {order/created: {}}"),),
    valid=(("events: {order/created: {}}", "events: {order/created: {external: true}}"),),
)
