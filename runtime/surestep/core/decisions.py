"""What the run machine answers with: records to append, and what must happen together with them."""

from dataclasses import dataclass
from typing import NamedTuple

from surestep.core.asked import Asked
from surestep.core.commands import StepKey, WaitForEvent
from surestep.core.records import Record
from surestep.core.signals import TimerPurpose

__all__ = ["NOTHING", "Decision", "Moment", "Timer", "ended"]


class Moment(NamedTuple):
    """What a decision needs of the world: the time, and a draw from [0, 1) for jitter."""

    now_ms: int
    uniform: float = 0.0


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer to set together with the records."""

    purpose: TimerPurpose
    due_at_ms: int
    key: StepKey | None = None


class Decision(NamedTuple):
    """What follows from an input.

    Attributes:
        records: to append.
        timers: to set in the same commit.
        waiters: waits to register in the same commit.
        commands: sends and invokes to carry out in the same commit; the shell answers with a further input.
        bodies: step bodies to start after the commit.
        retries: keys of step bodies whose next attempt is due.
        turn_due: the handler is to be run from its start.
    """

    records: tuple[Record, ...] = ()
    timers: tuple[Timer, ...] = ()
    waiters: tuple[WaitForEvent, ...] = ()
    commands: tuple[Asked, ...] = ()
    bodies: tuple[Asked, ...] = ()
    retries: tuple[StepKey, ...] = ()
    turn_due: bool = False


NOTHING = Decision()


def ended(record: Record) -> Decision:
    """Just a record."""
    return Decision((record,))
