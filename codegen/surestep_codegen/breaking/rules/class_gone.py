"""B301: a class is gone or has another name."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_lost_classes(both: Comparison) -> Iterator[Change]:
    """User code that imports the class of an event, of a type or of a function finds it no longer.

    Renaming a type changes nothing on the wire; `python:` keeps the name of its class.
    """
    old, new = both.classes
    names = {found.path: found.name for found in new.values()}
    for key, lost in old.items():
        if key not in new and len(lost.path) == 2:
            now = f"is called `{names[lost.path]}` now" if lost.path in names else "is gone"
            yield Change(
                lost.path,
                f"the class `{lost.name}` {now}",
                "change the code that uses it, or keep the name with `python:`",
                place=lost.path if lost.path in names else None,
                old_place=lost.path,
            )


RULE: Final = Rule(
    code="B301",
    title="a class is gone or has another name",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_lost_classes,
    invalid=(
        (
            "types: {Address: {fields: {zip: string}}}",
            "types: {Location: {fields: {zip: string}}}",
        ),
        (
            "events: {order/created: {}}",
            "events: {order/created: {python: NewOrder}}",
        ),
        (
            "functions: {ship: {}}",
            "functions: {bill: {}}",
        ),
    ),
    valid=(
        (
            "types: {Address: {fields: {zip: string}}}",
            ("types: {Location: {python: Address, fields: {zip: string}}, Address: {python: Other, fields: {}}}"),
        ),
        (
            "events: {order/created: {}}",
            "events: {order/created: {python: OrderCreated}}",
        ),
    ),
)
