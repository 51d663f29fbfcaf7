"""B110: a version is no longer accepted."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.flows import accepted_versions
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_removed_versions(both: Comparison) -> Iterator[Change]:
    """A version of an event that the old contract states, as current or under `previous`, is unknown to the new one.

    Producers send their version as `v`, and an event of an unknown version is refused. What else has changed is
    judged by the current version.
    """
    for event, other in both.events:
        known = accepted_versions(other)
        for version, at in accepted_versions(event).items():
            if version is not None and version not in known:
                yield Change(
                    ("events", event.name, "version", version),
                    f"the version `{version}` is no longer accepted, and producers may still send it",
                    "keep it under `previous`",
                    old_place=(*at.path[:-1], "version"),
                )


RULE: Final = Rule(
    code="B110",
    title="a version is no longer accepted",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_removed_versions,
    invalid=(
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            "events: {order/created: {version: 2, data: {id: string}}}",
        ),
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            "events: {order/created: {data: {id: string}}}",
        ),
        (
            "events: {order/created: {version: 2, previous: [{version: 1, data: {}}]}}",
            "events: {order/created: {version: 2}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            ("events: {order/created: {version: 2, data: {n: integer}, previous: [{version: 1, data: {id: string}}]}}"),
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {version: 1, data: {id: string}}}",
        ),
    ),
)
