"""The step of the handler that is running, for helpers that are not handed it."""

from surestep.authoring.step import Step
from surestep.core.pending import current_desk, refuse_in_body
from surestep.errors import StepUsageError

__all__ = ["current_step"]


def current_step() -> Step:
    """The `step` of the handler whose code calls, directly or through plain or `async` helpers.

    It may send any event; which ones the function declares is checked when it sends.

    Raises:
        NestedStepError: the caller is the body of a step.
        StepUsageError: no handler is running here.
    """
    refuse_in_body("current_step()")
    desk = current_desk.get()
    if desk is None:
        raise StepUsageError("current_step() is called where no handler runs; call it in a handler or what it calls")
    return Step(desk)
