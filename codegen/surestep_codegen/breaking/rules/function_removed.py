"""B202: a function is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_removed_functions(both: Comparison) -> Iterator[Change]:
    """A function is gone, or has another id. Its runs in flight have nothing left to go on with."""
    for function_id in both.old.functions:
        if function_id not in both.new.functions:
            path: Path = ("functions", function_id)
            yield Change(
                path,
                f"the function `{function_id}` is gone, and runs of it may be in flight",
                "take its triggers away first, and remove it when its runs have ended",
                old_place=path,
            )


RULE: Final = Rule(
    code="B202",
    title="a function is removed",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_removed_functions,
    invalid=(
        (
            "functions: {ship: {}}",
            "functions: {ship-order: {}}",
        ),
        (
            "jobs: {shop/sync: {}}",
            "jobs: {shop/sync-all: {}}",
        ),
    ),
    valid=(
        (
            "functions: {ship: {}}",
            "functions: {ship: {}, bill: {}}",
        ),
    ),
)
