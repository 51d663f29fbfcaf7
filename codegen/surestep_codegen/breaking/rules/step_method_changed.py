"""B306: a step's method is gone or has another type."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.python_classes import python_type
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.model import (
    FunctionDef,
    InvokeStep,
    Path,
    Project,
    RunStep,
    SendStep,
    SleepStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)
from surestep_dsl.names import class_name

__all__ = ["RULE"]


def find_changed_step_methods(both: Comparison) -> Iterator[Change]:
    """A handler calls a typed method for each declared step; one is gone, or takes or gives something else.

    Where `steps` is new, the handler had the general methods before and has only those of its steps now.
    """
    for function, other in both.functions:
        if function.steps is None and other.steps is not None:
            place: Path = ("functions", function.id, "steps")
            yield Change(place, "the handler may take declared steps only", "declare all its steps", place=place)
        known = {step.id: step for step in other.steps or ()}
        for step in function.steps or ():
            path: Path = ("functions", function.id, "steps", step.id)
            now = known.get(step.id)
            if now is None:
                yield Change(path, f"the method of the step `{step.id}` is gone", "change the handler", old_place=path)
            elif _method(both.old, function, step) != _method(both.new, other, now):
                message = f"the method of the step `{step.id}` has another type"
                yield Change(path, message, "change the handler", place=path)


def _method(project: Project, function: FunctionDef, step: StepDef) -> tuple[object, ...]:
    """What a type checker sees of a step's method."""
    return type(step), step.repeats, _subject(project, function, step)


def _subject(project: Project, function: FunctionDef, step: StepDef) -> object:
    match step:
        case RunStep(returns=returns):
            return python_type(project, returns, f"{class_name(function.id)}{class_name(step.id)}Result")
        case WaitStep(event=event):
            return event
        case InvokeStep(function=callee):
            found = project.functions.get(callee)
            returns = None if found is None else found.returns
            return callee, python_type(project, returns, f"{class_name(callee)}Result")
        case SendStep(events=events):
            return frozenset(events)
        case SleepStep() | SleepUntilStep():
            return None


RULE: Final = Rule(
    code="B306",
    title="a step's method is gone or has another type",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_changed_step_methods,
    invalid=(
        ("functions: {ship: {}}", "functions: {ship: {steps: {pack: {run: string}}}}"),
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {}}}",
        ),
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {}}",
        ),
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {pack: {run: string?}}}}",
        ),
        (
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {steps: {tell: {send: a/b}}}}"),
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {steps: {tell: {send: [a/b, a/c]}}}}"),
        ),
    ),
    valid=(
        (
            "functions: {ship: {steps: {pack: {run: string}}}}",
            "functions: {ship: {steps: {rest: {sleep: 1h}, pack: {run: url}}}}",
        ),
        ("functions: {ship: {}}", "functions: {ship: {retries: 2}}"),
    ),
)
