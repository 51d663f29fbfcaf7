"""Steps whose ids could be those of another step's repetitions."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]


def find_doubtful_step_ids(view: View) -> Iterator[Diagnostic]:
    """A step that repeats has the ids `<id>-<key>`, so no other id may begin with `<id>-`.

    With `process-batch: {repeats: true}` the key `last` gives `process-batch-last`; a step of that id would be the same
    step to an engine.
    """
    for function_id, function in view.project.functions.items():
        repeating = {step.id for step in function.steps or () if step.repeats}
        for step in function.steps or ():
            for shorter in repeating.intersection(_beginnings(step.id)):
                base = ("functions", function_id, "steps")
                message = f"`{step.id}` could be a repetition of `{shorter}`"
                paths = ((*base, shorter), (*base, step.id))
                yield view.find_at_last("F112", message, paths, "give one of them an id with another beginning")


def _beginnings(step_id: str) -> Iterator[str]:
    words = step_id.split("-")
    return ("-".join(words[:length]) for length in range(1, len(words)))


def _steps(*steps: str) -> str:
    return f"functions: {{f: {{steps: {{{', '.join(steps)}}}}}}}"


CHECK: Final = Check(
    codes=("F112",),
    find=find_doubtful_step_ids,
    valid=(
        _steps("batch: {run: null, repeats: true}", "batches: {run: null}", "last-batch: {run: null}"),
        _steps("batch: {run: null}", "batch-last: {run: null, repeats: true}"),
    ),
    invalid=(
        (_steps("batch: {run: null, repeats: true}", "batch-last: {run: null}"), "F112"),
        (_steps("a-b: {sleep: 1s}", "a: {sleep: 1s, repeats: true}"), "F112"),
    ),
)
