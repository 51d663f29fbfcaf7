"""B307: an event may no longer be sent."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_narrowed_emits(both: Comparison) -> Iterator[Change]:
    """The list of events that a handler may send has lost one, or there is a list where there was none.

    With `emits`, a handler that sends anything else does not type-check.
    """
    for function, other in both.functions:
        before, now = function.options.emits, other.options.emits
        if now is None or (before is not None and set(before) <= set(now)):
            continue
        path: Path = ("functions", function.id, "emits")
        lost = "anything" if before is None else ", ".join(f"`{name}`" for name in before if name not in now)
        allowed = ", ".join(f"`{name}`" for name in now) or "nothing"
        yield Change(
            path,
            f"the handler may send {allowed} only, and might send {lost} before",
            "list every event that the handler sends",
            place=path,
        )


RULE: Final = Rule(
    code="B307",
    title="an event may no longer be sent",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_narrowed_emits,
    invalid=(
        (
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {emits: [a/b, a/c]}}"),
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {emits: [a/b]}}"),
        ),
        (
            "functions: {ship: {}}",
            "functions: {ship: {emits: []}}",
        ),
    ),
    valid=(
        (
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {emits: [a/b]}}"),
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {emits: [a/c, a/b]}}"),
        ),
        (
            "functions: {ship: {emits: []}}",
            "functions: {ship: {}}",
        ),
    ),
)
