"""B303: an attribute has another type."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_retyped_attributes(both: Comparison) -> Iterator[Change]:
    """An attribute has another Python type: user code that reads it, or passes it, may no longer type-check.

    A wider type breaks who reads, a narrower one who writes. Bounds do not show in Python types; an alias is what
    it stands for.
    """
    old, new = both.classes
    for key, before in old.items():
        now = new[key].attributes if key in new else {}
        for name, attribute in before.attributes.items():
            if name in now and now[name].type != attribute.type:
                yield Change(
                    now[name].where,
                    f"`{before.name}.{attribute.name}` is `{now[name].type}`, and was `{attribute.type}`",
                    "change the code that uses it",
                    place=now[name].path,
                )


RULE: Final = Rule(
    code="B303",
    title="an attribute has another type",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_retyped_attributes,
    invalid=(
        (
            "events: {order/created: {data: {total: integer}}}",
            "events: {order/created: {data: {total: number}}}",
        ),
        (
            "events: {order/created: {data: {note: string}}}",
            "events: {order/created: {data: {note?: string}}}",
        ),
        (
            ("types: {A: {fields: {}}, B: {fields: {}}}\nevents: {order/created: {data: {to: A}}}"),
            ("types: {A: {fields: {}}, B: {fields: {}}}\nevents: {order/created: {data: {to: B}}}"),
        ),
        (
            "events: {order/created: {data: {currency: 'enum[usd]'}}}",
            "events: {order/created: {data: {currency: 'enum[usd, eur]'}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {total: {type: integer, min: 0}}}}",
            "events: {order/created: {data: {total: integer}}}",
        ),
        (
            ("types: {Link: url}\nevents: {order/created: {data: {at: Link}}}"),
            ("types: {Link: url}\nevents: {order/created: {data: {at: string}}}"),
        ),
        (
            "events: {order/created: {data: {id: string | integer}}}",
            "events: {order/created: {data: {id: integer | string}}}",
        ),
    ),
)
