"""A function that is paused begins no runs: what would start one waits, or is skipped."""

from enum import StrEnum

from surestep.core.policies.admission import FREE, Admit, Defer, Drop
from surestep.core.value import value

__all__ = ["PauseMode", "Paused", "Unpaused", "admit", "begin"]


class PauseMode(StrEnum):
    """What happens meanwhile to events that would start runs of a paused function."""

    QUEUE = "queue"  # the runs are created and begin when the function is resumed
    SKIP = "skip"  # they are recorded as skipped


@value(frozen=True, slots=True)
class Paused:
    """Asked when a run of a function would be created that is paused and skips."""


@value(frozen=True, slots=True)
class Unpaused:
    """Asked when a run would begin."""


def admit(rule: Paused) -> Drop:
    """Nothing is created."""
    del rule
    return Drop("pause", "pause: the function is paused", "")


def begin(*, is_paused: bool) -> Admit | Defer:
    """What has begun goes on; nothing else begins until the function is resumed."""
    return Defer() if is_paused else FREE
