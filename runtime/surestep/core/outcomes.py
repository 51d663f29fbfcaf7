"""How a step ended: a value or an error. Remembered once, handed to the handler on every replay alike."""

from typing import TypeAlias

from surestep.core.value import value
from surestep.errors import ErrorInfo

__all__ = ["Failure", "Outcome", "Success"]


@value(frozen=True, slots=True)
class Success:
    """The step's result as JSON."""

    value: bytes


@value(frozen=True, slots=True)
class Failure:
    """The step failed for good. `reason` names the error class raised at the `await`: `StepError` or below it."""

    error: ErrorInfo
    reason: str = "StepError"


Outcome: TypeAlias = Success | Failure
