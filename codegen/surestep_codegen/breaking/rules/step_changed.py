"""B204: a declared step is changed in kind."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import InvokeStep, Path, StepDef, WaitStep

__all__ = ["RULE"]


def find_changed_steps(both: Comparison) -> Iterator[Change]:
    """A declared step does something else, while runs in flight have a result, a wait or a child of the old one.

    It is of another kind, waits for another event, invokes another function, or begins or ceases to repeat, which
    changes its id. How long it sleeps, and how often it is tried, may change.
    """
    for function, other in both.functions:
        known = {step.id: step for step in other.steps or ()}
        for step in function.steps or ():
            if step.id in known and (change := _describe(step, known[step.id])):
                path: Path = ("functions", function.id, "steps", step.id)
                yield Change(
                    path,
                    f"the step `{step.id}` {change}, and runs in flight may have taken it",
                    "declare a step with another id instead",
                    place=path,
                )


def _describe(old: StepDef, new: StepDef) -> str:
    """What is different, or nothing."""
    match old, new:
        case _ if type(old) is not type(new):
            return "is of another kind"
        case _ if old.repeats != new.repeats:
            return "repeats now" if new.repeats else "repeats no longer"
        case (WaitStep(event=before), WaitStep(event=now)) | (InvokeStep(function=before), InvokeStep(function=now)):
            verb = "waits for" if isinstance(new, WaitStep) else "invokes"
            return "" if before == now else f"{verb} `{now}`, not `{before}`"
        case _:
            return ""


RULE: Final = Rule(
    code="B204",
    title="a declared step is changed in kind",
    category=Category.RUN,
    direction=Direction.RUNS,
    find=find_changed_steps,
    invalid=(
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {pack: {sleep: 1h}}}}",
        ),
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {pack: {run: string, repeats: true}}}}",
        ),
        (
            "functions: {a: {}, b: {}, ship: {steps: {call: {invoke: a, timeout: 1h}}}}",
            "functions: {a: {}, b: {}, ship: {steps: {call: {invoke: b, timeout: 1h}}}}",
        ),
    ),
    valid=(
        (
            "functions: {ship: {steps: {pack: {run: string, retries: 2}, rest: {sleep: 1h}}}}",
            "functions: {ship: {steps: {rest: {sleep: 2h}, pack: {run: string}}}}",
        ),
    ),
)
