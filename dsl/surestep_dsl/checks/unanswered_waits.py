"""Declared waits for events that nothing sends."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import FunctionDef, WaitStep

__all__ = ["CHECK"]


def find_unanswered_waits(view: View) -> Iterator[Diagnostic]:
    """A step that waits for an event which nobody sends always ends with its timeout.

    Reported only where every function states what it sends. Events with `external: true`, those that ask for or cancel
    a job, and system events come from elsewhere.
    """
    if view.all_sent is None:
        return
    for function in view.project.functions.values():
        for step in _waits(function):
            event = view.project.events.get(step.event)
            is_sent = step.event in view.all_sent or step.event in view.job_events
            if event is not None and not event.external and not is_sent:
                path = ("functions", function.id, "steps", step.id, "wait_for_event")
                hint = "write `external: true` at the event if it comes from outside"
                yield view.find("G201", f"nobody sends `{step.event}`", path, hint, value=True)


def _waits(function: FunctionDef) -> Iterator[WaitStep]:
    return (step for step in function.steps or () if isinstance(step, WaitStep))


_WAIT: Final = "functions: {f: {steps: {paid: {wait_for_event: shop/paid, if: async.ts > 0, timeout: 1h}}}}\n"

CHECK: Final = Check(
    codes=("G201",),
    find=find_unanswered_waits,
    valid=(
        f"{_WAIT}events: {{shop/paid: {{external: true}}}}",
        f"{_WAIT}  \n".replace("}}}}", "}}}, g: {}}") + "events: {shop/paid: {}}",
        _WAIT.replace("shop/paid", "inngest/function.finished"),
    ),
    invalid=((f"{_WAIT}events: {{shop/paid: {{}}}}", "G201"),),
)
