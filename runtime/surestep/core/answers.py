"""What a handler gets at an `await`: the remembered value, or the error of the remembered kind."""

from surestep.core.history import Memo
from surestep.core.outcomes import Failure, Success
from surestep.core.pending import Pending
from surestep.errors import (
    InvokeCancelledError,
    InvokeDeduplicatedError,
    InvokeFailedError,
    InvokeRateLimitedError,
    InvokeSkippedError,
    InvokeTimeoutError,
    InvokeUnknownError,
    StepError,
)

__all__ = ["answer_of"]

_ERRORS: dict[str, type[StepError]] = {
    error.__name__: error
    for error in (
        StepError,
        InvokeCancelledError,
        InvokeDeduplicatedError,
        InvokeFailedError,
        InvokeRateLimitedError,
        InvokeSkippedError,
        InvokeTimeoutError,
        InvokeUnknownError,
    )
}


def answer_of(pending: Pending[object], memo: Memo) -> tuple[object, BaseException | None]:
    """Value or error of a finished step.

    Raises:
        Exception: the remembered result no longer fits the type; a type's own validators raise what they like.
    """
    outcome = memo.outcome
    match outcome:
        case Success():
            return pending.decode(outcome.value), None
        case Failure():
            return None, _ERRORS[outcome.reason](memo.identity.key.id, outcome.error)
