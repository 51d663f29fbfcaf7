"""B111: data is changed, but not the version."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_changed_data_of_one_version(both: Comparison) -> Iterator[Change]:
    """The data of an event means something else under the same version.

    The version is what tells an old event from a new one. Any change of what is accepted or filled in counts here,
    compatible or not; order, texts for people and names of types do not. It is judged where both sides state a
    version.
    """
    for flow, is_changed in both.reshaped:
        if is_changed:
            yield Change(
                ("events", flow.user, "version", str(flow.version)),
                f"the data has changed, but the version is still `{flow.version}`",
                "state a new version, and keep the old one with its data under `previous`",
                place=(*flow.wanted.path[:-1], "version"),
            )


RULE: Final = Rule(
    code="B111",
    title="data is changed, but not the version",
    category=Category.WIRE,
    direction=Direction.PRODUCERS,
    find=find_changed_data_of_one_version,
    invalid=(
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            "events: {order/created: {version: 1, data: {id: string, note?: string}}}",
        ),
        (
            "events: {order/created: {version: 2, previous: [{version: 1, data: {}}]}}",
            "events: {order/created: {version: 2, previous: [{version: 1, data: {note?: string}}]}}",
        ),
        (
            ("types: {T: {fields: {a: string}}}\nevents: {order/created: {version: 1, data: T}}"),
            ("types: {T: {fields: {a: string?}}}\nevents: {order/created: {version: 1, data: T}}"),
        ),
    ),
    valid=(
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            (
                "events: {order/created: {version: 1, data: {id: {type: string, "
                "description: Its number., examples: [a]}}}}"
            ),
        ),
        (
            "events: {order/created: {version: 1, data: {id: string}}}",
            ("events: {order/created: {version: 2, data: {n: integer}, previous: [{version: 1, data: {id: string}}]}}"),
        ),
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {version: 1, data: {id: string, note?: string}}}",
        ),
        (
            ("types: {T: {fields: {a: string}}}\nevents: {order/created: {version: 1, data: T}}"),
            "events: {order/created: {version: 1, data: {a: string}}}",
        ),
    ),
)
