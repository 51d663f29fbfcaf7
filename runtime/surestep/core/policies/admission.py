"""What a policy is told about a run, and what it can answer.

A group is the runs that count together: those of a function, or those of it whose key has one value. A run that is
created holds a place in each group it was asked about, until an instant or until its end. The places are all that a
policy remembers, and the store keeps them in the transaction that creates the run: so no two runs are admitted to
one place, and nothing is forgotten in a crash.
"""

from typing import Final, TypeAlias

from surestep.core.value import value

__all__ = ["FREE", "Admission", "Admit", "Defer", "Drop", "Holder", "Merge", "Supersede"]


@value(frozen=True, slots=True)
class Holder:
    """A run that holds a place in a group.

    Attributes:
        until_ms: None for a place that is given up at the run's end.
        mark: a number that its policy has noted.
        size: how many events the run has, where others may join it; 0 where none may.
    """

    run_id: str
    at_ms: int
    until_ms: int | None
    mark: int = 0
    size: int = 0


@value(frozen=True, slots=True)
class Admit:
    """As far as this policy goes the run may be created, or begin.

    Attributes:
        until_ms: how long it then holds a place; None means to its end.
        mark: what the policy notes there.
        start_at_ms: it begins at this instant, and other events may join it until then.
        hastened: runs that need wait for events no longer: they begin at once.
    """

    until_ms: int | None
    mark: int = 0
    start_at_ms: int | None = None
    hastened: tuple[str, ...] = ()


FREE: Final = Admit(None)
"""There is room, and nothing to note."""


@value(frozen=True, slots=True)
class Defer:
    """The run may not begin yet. `until_ms` is None where it waits for others to give up their places."""

    until_ms: int | None = None


@value(frozen=True, slots=True)
class Drop:
    """The run is not created.

    Attributes:
        policy: its name.
        reason: a sentence, for people.
        holder: the run that has the place; empty where there is none.
        is_recorded: it is kept as a skipped run; otherwise nothing of it is seen.
        error: class name of the error that an invoke of this run meets.
    """

    policy: str
    reason: str
    holder: str
    is_recorded: bool = True
    error: str = "InvokeSkippedError"


@value(frozen=True, slots=True)
class Merge:
    """The run is not created: its event goes to a run that has not begun.

    Attributes:
        into: that run; it begins at `start_at_ms`, which may be now.
        adds: the event is one more of its events; otherwise it takes the place of the one it had.
        mark: what the policy notes of the run from now on; likewise `size`.
    """

    into: str
    start_at_ms: int
    adds: bool
    mark: int
    size: int


@value(frozen=True, slots=True)
class Supersede:
    """The run may be created, and others are cancelled for the reason given. It holds a place to its end."""

    run_ids: tuple[str, ...]
    reason: str


Admission: TypeAlias = Admit | Drop | Merge | Supersede
"""Answers to whether a run may be created. Whether it may begin is answered with `Admit` or `Defer`."""
