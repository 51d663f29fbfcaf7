"""What a project says about its functions that AsyncAPI has no word for: one remark for each kind, with its places."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Final

from surestep_codegen.remarks import Remarks
from surestep_dsl.flow import CronTrigger, EventTrigger, FunctionOptions
from surestep_dsl.model import FunctionDef, Project, SendStep, WaitStep

__all__ = ["tell_losses"]

_FLOW_CONTROL: Final = (
    "retries",
    "idempotency",
    "concurrency",
    "throttle",
    "rate_limit",
    "debounce",
    "priority",
    "singleton",
    "batch_events",
    "timeouts",
    "checkpointing",
)
_DEFAULTS: Final = {field.name: field.default for field in fields(FunctionOptions)}
_SHOWN: Final = 5
"""Functions that one remark names; of more it says how many."""


def tell_losses(project: Project, remarks: Remarks) -> None:
    """Remarks on everything that the document does not say."""
    for what, (is_lost, why) in _KINDS.items():
        if concerned := [function.id for function in project.functions.values() if is_lost(function)]:
            remarks.lose("#/operations", what, f"{why}: {_listed(concerned)}")
    if unknown := [function.id for function in project.functions.values() if function.sends is None]:
        why = "the spec does not say what they send, so they have no send operations"
        remarks.note("#/operations", "emits", f"{why}: {_listed(unknown)}")


def _has_cron(function: FunctionDef) -> bool:
    return any(isinstance(trigger, CronTrigger) for trigger in function.options.triggers)


def _has_condition(function: FunctionDef) -> bool:
    conditions = [trigger.condition for trigger in function.options.triggers if isinstance(trigger, EventTrigger)]
    conditions += [cancel.condition or cancel.match for cancel in function.options.cancel_on]
    conditions += [step.condition or step.match for step in function.steps or () if isinstance(step, WaitStep)]
    return any(conditions)


def _has_flow_control(function: FunctionDef) -> bool:
    return any(getattr(function.options, name) != _DEFAULTS[name] for name in _FLOW_CONTROL)


def _has_steps(function: FunctionDef) -> bool:
    return any(not isinstance(step, SendStep | WaitStep) for step in function.steps or ())


_KINDS: Final[Mapping[str, tuple[Callable[[FunctionDef], bool], str]]] = {
    "cron": (_has_cron, "AsyncAPI knows no schedules"),
    "if, match": (_has_condition, "an operation receives every message of its channel"),
    "flow control": (_has_flow_control, "AsyncAPI does not say how messages are worked off"),
    "input": (lambda function: function.has_input, "AsyncAPI knows no invocation"),
    "returns": (lambda function: function.returns is not None, "AsyncAPI knows no result"),
    "steps": (_has_steps, "AsyncAPI describes messages only"),
}


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
