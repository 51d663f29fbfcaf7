"""What a run's history is made of: the closed union `Record`.

History is append-only. Folding it with `machine.evolve` gives the state of the run; feeding its outcomes to a fresh
turn brings the handler back to where it was. `position` is the order in which the handler asked (0 for the first).
"""

from enum import StrEnum
from typing import TypeAlias

from surestep.core.commands import StepKey, StepKind
from surestep.core.value import value
from surestep.errors import ErrorInfo

__all__ = [
    "ENDED",
    "ChangeTaken",
    "Record",
    "RunBlocked",
    "RunCancelled",
    "RunCompleted",
    "RunCopied",
    "RunFailed",
    "RunReleased",
    "RunSkipped",
    "RunStarted",
    "RunStatus",
    "SegmentFailed",
    "StepAttemptFailed",
    "StepDropped",
    "StepFailed",
    "StepStarted",
    "StepSucceeded",
]


class RunStatus(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"  # created, its first turn has not been committed
    RUNNING = "running"  # a turn or a step body is due or in progress
    WAITING = "waiting"  # nothing to do until a timer, an event or another run
    BLOCKED = "blocked"  # its handler disagrees with its history
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # never started, for a reason that is recorded


ENDED = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.SKIPPED})


@value(frozen=True, slots=True)
class RunStarted:
    """The first turn began. `code_version` is a hash of the handler's source."""

    at_ms: int
    code_version: str


@value(frozen=True, slots=True)
class StepStarted:
    """A sleep, wait or invoke began. `detail` is the event name waited for or the id of the invoked run."""

    at_ms: int
    position: int
    key: StepKey
    kind: StepKind
    fingerprint: str
    due_at_ms: int
    detail: str = ""


@value(frozen=True, slots=True)
class StepSucceeded:
    """A step has its result, for good. `value` is JSON; `detail` the id of the event that answered a wait."""

    at_ms: int
    position: int
    key: StepKey
    kind: StepKind
    fingerprint: str
    attempts: int
    started_at_ms: int
    value: bytes
    detail: str = ""


@value(frozen=True, slots=True)
class StepAttemptFailed:
    """A body failed and will be tried again at `retry_at_ms`. `attempt` is 0-based."""

    at_ms: int
    position: int
    key: StepKey
    fingerprint: str
    attempt: int
    started_at_ms: int
    error: ErrorInfo
    retry_at_ms: int


@value(frozen=True, slots=True)
class StepFailed:
    """A step failed for good. `reason` names the error class that the handler meets."""

    at_ms: int
    position: int
    key: StepKey
    kind: StepKind
    fingerprint: str
    attempts: int
    started_at_ms: int
    error: ErrorInfo
    reason: str = "StepError"


@value(frozen=True, slots=True)
class StepDropped:
    """A step was asked and then lost a race: nobody wants its result any more."""

    at_ms: int
    position: int
    key: StepKey
    kind: StepKind
    fingerprint: str


@value(frozen=True, slots=True)
class ChangeTaken:
    """The handler met a version gate, `step.version(change_id)`, and took the new path. It has no position."""

    at_ms: int
    change_id: str


@value(frozen=True, slots=True)
class SegmentFailed:
    """Handler code between steps raised; the handler is run again at `retry_at_ms`.

    Attributes:
        attempt: 0-based, of this stretch.
        stretch: how many memos the handler had been given.
    """

    at_ms: int
    attempt: int
    error: ErrorInfo
    retry_at_ms: int
    stretch: int = 0


@value(frozen=True, slots=True)
class RunCompleted:
    """The handler returned; `value` is its result as JSON."""

    at_ms: int
    value: bytes


@value(frozen=True, slots=True)
class RunFailed:
    """The run failed for good."""

    at_ms: int
    error: ErrorInfo


@value(frozen=True, slots=True)
class RunCancelled:
    """The run was cancelled; `reason` is a sentence."""

    at_ms: int
    reason: str


@value(frozen=True, slots=True)
class RunBlocked:
    """The handler disagrees with history; nothing happens until it is released or cancelled.

    Attributes:
        stretch: how many stretches of the handler, from one memo to the next, had been lived through.
    """

    at_ms: int
    error: ErrorInfo
    stretch: int = 0


@value(frozen=True, slots=True)
class RunSkipped:
    """A policy did not let the run start: the only record of such a run. `reason` is a sentence."""

    at_ms: int
    policy: str
    reason: str


@value(frozen=True, slots=True)
class RunCopied:
    """The first record of a run that begins where another one was; what was finished there follows.

    Attributes:
        source: id of the other run.
        step: the step before which it begins, as `id` or `id:1`; empty for the start.
        has_other_input: its events carry other data than those of the other run.
    """

    at_ms: int
    source: str
    step: str = ""
    has_other_input: bool = False


@value(frozen=True, slots=True)
class RunReleased:
    """A blocked run is tried again with today's code."""

    at_ms: int


Record: TypeAlias = (
    RunStarted
    | StepStarted
    | StepSucceeded
    | StepAttemptFailed
    | StepFailed
    | StepDropped
    | ChangeTaken
    | SegmentFailed
    | RunCompleted
    | RunFailed
    | RunCancelled
    | RunBlocked
    | RunSkipped
    | RunReleased
    | RunCopied
)
