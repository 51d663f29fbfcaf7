"""What reaches a run from outside its own code, durably: the closed union `Signal`.

A store keeps a signal from the moment it is caused until the checkpoint that consumes it.
"""

from enum import StrEnum
from typing import TypeAlias

from surestep.core.commands import StepKey
from surestep.core.outcomes import Outcome
from surestep.core.value import value

__all__ = ["CancelAsked", "ChildEnded", "EventArrived", "ReleaseAsked", "Signal", "TimerDue", "TimerPurpose"]


class TimerPurpose(StrEnum):
    """Why a timer was set."""

    START = "start"  # a run that was put off may begin
    SLEEP = "sleep"
    WAIT = "wait"  # the timeout of a wait; firing it removes the waiter
    INVOKE = "invoke"  # the timeout of an invoke
    RETRY = "retry"  # the next attempt of a step body
    SEGMENT = "segment"  # the next attempt of handler code
    START_TIMEOUT = "start_timeout"
    FINISH_TIMEOUT = "finish_timeout"


@value(frozen=True, slots=True)
class TimerDue:
    """A timer fired. `key` is the step it belongs to, None for timers of the run itself."""

    purpose: TimerPurpose
    key: StepKey | None = None


@value(frozen=True, slots=True)
class EventArrived:
    """An event satisfied a wait. `event` is the whole event as JSON, `event_id` its received id."""

    key: StepKey
    event_id: str
    event: bytes


@value(frozen=True, slots=True)
class ChildEnded:
    """An invoked run ended."""

    key: StepKey
    outcome: Outcome


@value(frozen=True, slots=True)
class CancelAsked:
    """Somebody or an event wants the run cancelled; `reason` is a sentence."""

    reason: str


@value(frozen=True, slots=True)
class ReleaseAsked:
    """Somebody wants a blocked run tried again."""


Signal: TypeAlias = TimerDue | EventArrived | ChildEnded | CancelAsked | ReleaseAsked
