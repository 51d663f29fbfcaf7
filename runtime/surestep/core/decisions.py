"""What the run machine answers with: records to append, and what must happen together with them."""

from typing import Final

from surestep.core.asked import Asked
from surestep.core.commands import StepKey, WaitForEvent
from surestep.core.records import Record
from surestep.core.signals import TimerPurpose
from surestep.core.value import value
from surestep.limits import RESULT_BYTES, RUN_BYTES, STEPS_PER_RUN, STEPS_PER_RUN_MAX

__all__ = ["NOTHING", "Decision", "Moment", "RunLimits", "Timer", "ended"]


@value(frozen=True, slots=True)
class RunLimits:
    """How much a run may come to; one that comes to more fails at once.

    Attributes:
        steps: how many steps it may make, at most 10,000.
        result_bytes: bytes of one result as JSON.
        run_bytes: bytes of all its results.
    """

    steps: int = STEPS_PER_RUN
    result_bytes: int = RESULT_BYTES
    run_bytes: int = RUN_BYTES

    def __post_init__(self) -> None:
        if not 0 < self.steps <= STEPS_PER_RUN_MAX:
            raise ValueError(f"a run may make 1 to {STEPS_PER_RUN_MAX} steps, not {self.steps}")


_DEFAULT: Final = RunLimits()


@value(frozen=True, slots=True)
class Moment:
    """What a decision needs of the world: the time, a draw from [0, 1) for jitter, and the limits that are set."""

    now_ms: int
    uniform: float = 0.0
    limits: RunLimits = _DEFAULT


@value(frozen=True, slots=True)
class Timer:
    """A timer to set together with the records."""

    purpose: TimerPurpose
    due_at_ms: int
    key: StepKey | None = None


@value(frozen=True, slots=True)
class Decision:
    """What follows from an input.

    Attributes:
        records: to append.
        timers: to set in the same commit.
        waiters: waits to register in the same commit.
        commands: sends and invokes to carry out in the same commit; the shell answers with a further input.
        bodies: step bodies to start after the commit.
        retries: keys of step bodies whose next attempt is due.
        turn_due: the handler is to be run from its start.
        offers_again: an event was not taken after all; waits that look back may have it.
    """

    records: tuple[Record, ...] = ()
    timers: tuple[Timer, ...] = ()
    waiters: tuple[WaitForEvent, ...] = ()
    commands: tuple[Asked, ...] = ()
    bodies: tuple[Asked, ...] = ()
    retries: tuple[StepKey, ...] = ()
    turn_due: bool = False
    offers_again: bool = False


NOTHING = Decision()


def ended(record: Record) -> Decision:
    """Just a record."""
    return Decision((record,))
