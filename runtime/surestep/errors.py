"""The errors a user of the runtime can meet, drawn as a tree.

    SurestepError                     everything below
    +-- NonRetriableError             raised by users: no further attempts
    +-- RetryAfterError               raised by users: try again, but not before a moment
    +-- StepError                     a step has failed for good; raised at its `await`
    |   +-- InvokeError               an invoked function gave no result
    |       +-- InvokeFailedError         it failed
    |       +-- InvokeCancelledError      it was cancelled
    |       +-- InvokeSkippedError        flow control did not let it start
    |       |   +-- InvokeRateLimitedError     too many runs in a period
    |       |   +-- InvokeDeduplicatedError    one with the same id or key was started before
    |       +-- InvokeTimeoutError        it did not end in time; it goes on
    |       +-- InvokeUnknownError        there is no such function
    +-- StepUsageError                the handler uses steps in a way that cannot work; never retried
    |   +-- NestedStepError               a step inside a step body
    |   +-- StepNeverAwaitedError         a step was made and not awaited
    |   +-- ForeignAwaitError             something other than a step was awaited
    |   +-- StepResultError               a result does not survive encoding and decoding
    +-- LimitError                    a named limit was reached
    +-- EventRejectedError            an event does not fit its declaration; nothing was stored
    +-- UpcastError                   an older event could not be lifted to its event's current version
    +-- UnknownFunctionError          a stored run's function is gone from the app
    +-- StoreError                    the store cannot read or write (disk full, read-only, damaged, closed)
    |   +-- StaleCheckpointError          a checkpoint was decided on a state that is no longer the run's
    +-- ConfigurationError            the app cannot start as it is (missing handler, second engine, newer file ...)

    NonDeterminismError               the handler disagrees with its history, or is about to; the run is blocked

Errors with a `code` are listed in the manual under that code.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

__all__ = [
    "ConfigurationError",
    "ErrorInfo",
    "EventRejectedError",
    "Fault",
    "ForeignAwaitError",
    "InvokeCancelledError",
    "InvokeDeduplicatedError",
    "InvokeError",
    "InvokeFailedError",
    "InvokeRateLimitedError",
    "InvokeSkippedError",
    "InvokeTimeoutError",
    "InvokeUnknownError",
    "LimitError",
    "NestedStepError",
    "NonDeterminismError",
    "NonRetriableError",
    "RetryAfterError",
    "StaleCheckpointError",
    "StepError",
    "StepNeverAwaitedError",
    "StepResultError",
    "StepUsageError",
    "StoreError",
    "SurestepError",
    "UnknownFunctionError",
    "UpcastError",
]


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as it is stored and shown: the class's name, its message and the traceback of user code as text."""

    name: str
    message: str
    stack: str = ""


class SurestepError(Exception):
    """Root of all errors of this package."""

    code: ClassVar[str] = "R000"


class NonRetriableError(SurestepError):
    """Raise it in a step or handler when trying again cannot help."""

    code = "R101"


class RetryAfterError(SurestepError):
    """Raise it to be tried again no earlier than `after`, clipped to 1 s ... 24 h; it uses up an attempt.

    Args:
        message: what went wrong.
        after: a delay (text such as "90s", milliseconds, a timedelta) or an instant with a time zone.
    """

    code = "R102"

    def __init__(self, message: str, after: "str | int | timedelta | datetime") -> None:
        super().__init__(message)
        self.after = after


class StepError(SurestepError):
    """A step has failed for good: its attempts are used up or it must not be tried again.

    Attributes:
        step_id: the step's id as written.
        name: class name of the error in the body.
        message: its message.
        stack: its traceback as text, user code only.
    """

    code = "R110"

    def __init__(self, step_id: str, info: ErrorInfo) -> None:
        super().__init__(f"step {step_id!r} failed: {info.name}: {info.message}")
        self.step_id = step_id
        self.name = info.name
        self.message = info.message
        self.stack = info.stack


class InvokeError(StepError):
    """An invoked function gave no result."""

    code = "R120"


class InvokeFailedError(InvokeError):
    """The invoked function failed; name, message and stack are its error's."""

    code = "R121"


class InvokeCancelledError(InvokeError):
    """The invoked run was cancelled."""

    code = "R122"


class InvokeSkippedError(InvokeError):
    """Flow control did not let the invoked function start; the message says which policy and why."""

    code = "R123"


class InvokeRateLimitedError(InvokeSkippedError):
    """The invoked function was not started: it has started too often of late."""

    code = "R126"


class InvokeDeduplicatedError(InvokeSkippedError):
    """The invoked function was not started: it was started before with the same id or key."""

    code = "R127"


class InvokeTimeoutError(InvokeError):
    """The invoked run did not end in time; it goes on."""

    code = "R124"


class InvokeUnknownError(InvokeError):
    """There is no such function in this app."""

    code = "R125"


class StepUsageError(SurestepError):
    """The handler uses steps in a way that cannot work. The run fails at once: trying again gives the same."""

    code = "R200"


class NestedStepError(StepUsageError):
    """A step was used inside the body of another step."""

    code = "R201"


class StepNeverAwaitedError(StepUsageError):
    """The handler made a step and ended without awaiting it: the step has not run."""

    code = "R202"


class ForeignAwaitError(StepUsageError):
    """The handler awaited something that is not a step."""

    code = "R203"


class StepResultError(StepUsageError):
    """A step's or handler's result cannot be stored and read back as the same value."""

    code = "R204"


class NonDeterminismError(BaseException):
    """Handler code does what differs on a replay, or not what its history says; the run is blocked, not failed.

    It is no Exception, so that handlers do not swallow it by chance.
    """

    code: ClassVar[str] = "R300"


class LimitError(SurestepError):
    """A named limit was reached; the message says which, its value and how to change it."""

    code = "R400"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a received value: where (`data.items[0].id`) and what."""

    path: str
    message: str


class UnknownFunctionError(SurestepError):
    """A stored run belongs to a function that the app does not have any more; it waits until it is back."""

    code = "R601"


_NAME_SHOWN: Final = 100
"""Characters of an event's name in a message; longer ones are no names."""


class EventRejectedError(SurestepError):
    """An event was refused, and with it the whole request: nothing of it is stored.

    Attributes:
        position: 0-based place in the request of the first refused event.
        faults: all faults of that event.
        hint: what to do, where it is known.
    """

    code = "R500"

    def __init__(self, position: int, event_name: str, faults: tuple[Fault, ...], hint: str | None = None) -> None:
        listed = "; ".join(": ".join(filter(None, (fault.path, fault.message))) for fault in faults)
        shown = event_name if len(event_name) <= _NAME_SHOWN else f"{event_name[:_NAME_SHOWN]}..."
        super().__init__(f"event {position} ({shown}) refused: {listed}")
        self.position = position
        self.event_name = event_name
        self.faults = faults
        self.hint = hint


class UpcastError(SurestepError):
    """An event of an older version could not be lifted: the upcaster raised, or returned something else."""

    code = "R501"


class StoreError(SurestepError):
    """The store cannot read or write. What it had confirmed before is still there."""

    code = "R700"


class StaleCheckpointError(StoreError):
    """A checkpoint was decided on a state that is no longer the run's; decide again on the stored one."""

    code = "R701"


class ConfigurationError(SurestepError):
    """The app or its store cannot be used as it is; the message says what to change."""

    code = "R600"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
