"""B302: an attribute is gone or has another name."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_lost_attributes(both: Comparison) -> Iterator[Change]:
    """User code that reads an attribute of a class, or a member of an enum, finds it no longer."""
    old, new = both.classes
    for key, before in old.items():
        if key not in new:
            continue
        attributes = new[key].attributes
        for name, lost in before.attributes.items():
            now = attributes.get(name)
            if now is None or now.name != lost.name:
                yield Change(
                    lost.where,
                    f"`{before.name}.{lost.name}` {'is gone' if now is None else f'is called `{now.name}` now'}",
                    "change the code that uses it",
                    place=None if now is None else now.path,
                    old_place=lost.path,
                )


RULE: Final = Rule(
    code="B302",
    title="an attribute is gone or has another name",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_lost_attributes,
    invalid=(
        (
            "events: {order/created: {data: {orderId: string}}}",
            "events: {order/created: {data: {order: string}}}",
        ),
        (
            "events: {order/created: {data: {orderId: string}}}",
            "events: {order/created: {data: {orderId: {type: string, python: number}}}}",
        ),
        (
            "types: {Currency: {enum: {usd: US dollar, eur: Euro}}}",
            "types: {Currency: {enum: {usd: US dollar}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {orderId: string}}}",
            "events: {order/created: {data: {orderId: {type: string, python: order_id}}}}",
        ),
        (
            "types: {Currency: {enum: {usd: US dollar}}}",
            "types: {Currency: {enum: {usd: US dollar, eur: Euro}}}",
        ),
    ),
)
