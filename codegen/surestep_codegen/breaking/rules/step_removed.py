"""B203: a declared step is removed."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import Path

__all__ = ["RULE"]


def find_removed_steps(both: Comparison) -> Iterator[Change]:
    """A declared step, such as a wait, is gone or has another id.

    A run in flight that has taken it finds another history than it expects, and one that waits in it waits for
    ever. Where `steps` is removed as a whole, steps are just no longer declared.
    """
    for function, other in both.functions:
        if other.steps is None:
            continue
        known = {step.id for step in other.steps}
        for step in function.steps or ():
            path: Path = ("functions", function.id, "steps", step.id)
            if step.id not in known:
                yield Change(
                    path,
                    f"the step `{step.id}` is gone, and runs in flight may have taken it",
                    "keep it until the runs that know it have ended",
                    old_place=path,
                )


RULE: Final = Rule(
    code="B203",
    title="a declared step is removed",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_removed_steps,
    invalid=(
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {wrap: {run: string}}}}",
        ),
        (
            (
                "events: {order/paid: {data: {id: string}}}\n"
                "functions: {ship: {input: {id: string}, steps: {paid: {wait_for_event: order/paid, "
                "match: data.id, timeout: 1h}}}}"
            ),
            ("events: {order/paid: {data: {id: string}}}\nfunctions: {ship: {input: {id: string}, steps: {}}}"),
        ),
    ),
    valid=(
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {send: {sleep: 1h}, pack: {run: string}}}}",
        ),
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {}}",
        ),
    ),
)
