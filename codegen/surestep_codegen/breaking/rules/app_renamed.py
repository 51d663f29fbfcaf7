"""B201: the app has another id."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule

__all__ = ["RULE"]


def find_renamed_app(both: Comparison) -> Iterator[Change]:
    """The app's id has changed. Runs belong to an app, and those of the old one are not found by the new one."""
    if both.old.app != both.new.app:
        yield Change(
            ("app",),
            f"the app is `{both.new.app}`, and runs in flight belong to `{both.old.app}`",
            "keep the id until no run of the old app is left",
            place=("app",),
        )


RULE: Final = Rule(
    code="B201",
    title="the app has another id",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_renamed_app,
    invalid=(
        (
            ("app: shop\nevents: {order/created: {}}"),
            ("app: store\nevents: {order/created: {}}"),
        ),
    ),
    valid=(
        (
            ("app: shop\nevents: {order/created: {}}"),
            ("app: shop\ndescription: A shop.\nevents: {order/created: {}}"),
        ),
    ),
)
