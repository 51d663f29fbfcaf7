"""What a turn needs of a history: who each step was, and the memos in the order they were handed out."""

import math
from collections.abc import Sequence
from typing import Final

from surestep.core.commands import StepKey, StepKind
from surestep.core.outcomes import Failure, Outcome, Success
from surestep.core.records import (
    ChangeTaken,
    Record,
    RunBlocked,
    RunCancelled,
    RunCompleted,
    RunCopied,
    RunFailed,
    RunReleased,
    RunSkipped,
    RunStarted,
    SegmentFailed,
    StepAttemptFailed,
    StepDropped,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from surestep.core.value import value

__all__ = ["ANY_ARGUMENTS", "NO_HISTORY", "History", "Identity", "Memo", "history_of", "memo_of"]

ANY_ARGUMENTS: Final = "*"
"""The fingerprint of a record that any arguments fit: they were masked, or come from a run with another input."""


@value(frozen=True, slots=True)
class Identity:
    """What a command must agree on with history, besides its position."""

    kind: StepKind
    key: StepKey
    fingerprint: str

    def admits(self, asked: "Identity") -> bool:
        """Whether a command is the one that was recorded as this."""
        if self.fingerprint == ANY_ARGUMENTS:
            return (self.kind, self.key) == (asked.kind, asked.key)
        return self == asked


@value(frozen=True, slots=True)
class Memo:
    """The answer of a finished step; `at_ms` is when it finished."""

    position: int
    identity: Identity
    outcome: Outcome
    at_ms: int

    @property
    def holds_event(self) -> bool:
        """Whether it is an event that a wait has got."""
        is_wait = self.identity.kind == "wait_for_event"
        return is_wait and isinstance(self.outcome, Success) and self.outcome.value != b"null"


@value(frozen=True, slots=True)
class History:
    """What has been asked and answered.

    Attributes:
        recorded: by position.
        memos: in the order of finishing.
        lived: how many stretches of the handler, from one memo to the next, were lived through: all but those since
            the run was blocked, and since the handler failed, as long as they are still to be tried again.
        failures: how often each stretch has failed; a replay is at the attempt that succeeded.
        changes: the version gates at which the handler took the new path.
        dropped: positions of the steps that lost a race.
    """

    recorded: dict[int, Identity]
    memos: tuple[Memo, ...]
    lived: int
    failures: dict[int, int]
    changes: tuple[str, ...] = ()
    dropped: tuple[int, ...] = ()


NO_HISTORY: Final = History({}, (), 0, {})
"""Of a new run."""


def memo_of(record: Record) -> Memo | None:
    """The memo a record carries, if it settles a step."""
    match record:
        case StepSucceeded():
            identity = Identity(record.kind, record.key, record.fingerprint)
            return Memo(record.position, identity, Success(record.value), record.at_ms)
        case StepFailed():
            identity = Identity(record.kind, record.key, record.fingerprint)
            return Memo(record.position, identity, Failure(record.error, record.reason), record.at_ms)
        case (
            RunStarted() | StepStarted() | StepAttemptFailed() | StepDropped() | ChangeTaken() | SegmentFailed()
            | RunCompleted() | RunFailed() | RunCancelled() | RunBlocked() | RunSkipped() | RunReleased()
            | RunCopied()
        ):  # fmt: skip
            return None


def history_of(records: Sequence[Record]) -> History:
    """Sort a run's records into what a replay needs."""
    recorded: dict[int, Identity] = {}
    memos: list[Memo] = []
    failures: dict[int, int] = {}
    changes: list[str] = []
    dropped: list[int] = []
    begins = True  # where it was copied to and has not gone on, nothing behind the last memo was lived through
    failed: tuple[int, float] | None = None  # which stretch, and until when the handler rests
    for record in records:
        if isinstance(record, SegmentFailed):
            failed = (record.stretch, record.retry_at_ms)
            failures[record.stretch] = record.attempt + 1
        elif isinstance(record, RunBlocked):
            failed = (record.stretch, math.inf)
        elif isinstance(record, RunCopied | RunStarted):
            begins = isinstance(record, RunStarted)
        elif isinstance(record, RunReleased) or (failed is not None and record.at_ms >= failed[1]):
            failed = None
        if isinstance(record, ChangeTaken):
            changes.append(record.change_id)
        elif isinstance(record, StepStarted | StepDropped):
            recorded[record.position] = Identity(record.kind, record.key, record.fingerprint)
        elif isinstance(record, StepAttemptFailed):
            recorded[record.position] = Identity("run", record.key, record.fingerprint)
        elif (memo := memo_of(record)) is not None:
            memos.append(memo)
            recorded[memo.position] = memo.identity
        if isinstance(record, StepDropped):
            dropped.append(record.position)
    lived = len(memos) + begins if records else 0
    return History(
        recorded, tuple(memos), lived if failed is None else failed[0], failures, tuple(changes), tuple(dropped)
    )
