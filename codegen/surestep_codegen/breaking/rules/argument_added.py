"""B304: a new argument is required."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_added_arguments(both: Comparison) -> Iterator[Change]:
    """A class has a new field that its constructor must be given, so user code that makes one no longer type-checks."""
    old, new = both.classes
    for key, before in old.items():
        for name, added in new[key].attributes.items() if key in new else ():
            if added.is_required and name not in before.attributes:
                yield Change(
                    added.where,
                    f"making a `{before.name}` takes `{added.name}` now",
                    "change the code that makes one, or give the field a default",
                    place=added.path,
                )


RULE: Final = Rule(
    code="B304",
    title="a new argument is required",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_added_arguments,
    invalid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total: integer}}}",
        ),
        (
            "types: {Address: {fields: {zip: string}}}",
            "types: {Address: {fields: {zip: string, city: string}}}",
        ),
    ),
    valid=(
        (
            "events: {order/created: {data: {id: string}}}",
            "events: {order/created: {data: {id: string, total?: integer}}}",
        ),
        (
            "types: {Currency: {enum: {usd: US dollar}}}",
            "types: {Currency: {enum: {usd: US dollar, eur: Euro}}}",
        ),
    ),
)
