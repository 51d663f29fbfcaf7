"""What can happen to a run: the closed union `Input` of `machine.decide`."""

from typing import TypeAlias

from surestep.core.asked import Asked
from surestep.core.failures import BodyFailed
from surestep.core.outcomes import Success
from surestep.core.signals import Signal
from surestep.core.value import value
from surestep.errors import ErrorInfo

__all__ = [
    "BodyEnded",
    "CommandRefused",
    "EventsSent",
    "Input",
    "Invoked",
    "RunBegan",
    "TurnAsked",
    "TurnDiverged",
    "TurnPassed",
    "TurnRaised",
    "TurnReturned",
]


@value(frozen=True, slots=True)
class RunBegan:
    """The first turn is about to run. `code_version` is a hash of the handler's source."""

    code_version: str
    finish_timeout_ms: int | None = None


@value(frozen=True, slots=True)
class TurnAsked:
    """The handler waits for commands it has not asked before in this turn."""

    asked: tuple[Asked, ...]


@value(frozen=True, slots=True)
class TurnPassed:
    """What the handler left behind on its way.

    Attributes:
        dropped: commands that were asked, now or earlier, and have lost a race unanswered.
        changes: ids of the version gates it had not met before and passed on the new path.
    """

    dropped: tuple[Asked, ...]
    changes: tuple[str, ...]


@value(frozen=True, slots=True)
class TurnReturned:
    """The handler returned; `value` is JSON."""

    value: bytes


@value(frozen=True, slots=True)
class TurnRaised:
    """The handler raised, when it had been given `stretch` memos."""

    failure: BodyFailed
    stretch: int


@value(frozen=True, slots=True)
class TurnDiverged:
    """The handler disagrees with its history; `stretch` counts what it had lived through."""

    error: ErrorInfo
    stretch: int


@value(frozen=True, slots=True)
class BodyEnded:
    """One attempt of a step body ended."""

    asked: Asked
    started_at_ms: int
    result: Success | BodyFailed
    retries: int | None = None


@value(frozen=True, slots=True)
class EventsSent:
    """The events of a send are part of this checkpoint."""

    asked: Asked
    ids: tuple[str, ...]


@value(frozen=True, slots=True)
class Invoked:
    """The invoked run is part of this checkpoint."""

    asked: Asked
    child_run_id: str
    timeout_ms: int


@value(frozen=True, slots=True)
class CommandRefused:
    """A send or invoke cannot be carried out; `reason` names the error class that the handler meets."""

    asked: Asked
    error: ErrorInfo
    reason: str


Input: TypeAlias = (
    RunBegan
    | TurnAsked
    | TurnPassed
    | TurnReturned
    | TurnRaised
    | TurnDiverged
    | BodyEnded
    | EventsSent
    | Invoked
    | CommandRefused
    | Signal
)
