"""What a policy is told when a run would be created, and what it can answer.

A group is the runs that count together: those of a function, or those of it whose key has one value. A run that is
created holds a place in each group it was asked about, until an instant or until its end. The places are all that a
policy remembers, and the store keeps them in the transaction that creates the run: so no two runs are admitted to
one place, and nothing is forgotten in a crash.
"""

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Admission", "Admit", "Drop", "Holder", "Supersede"]


@dataclass(frozen=True, slots=True)
class Holder:
    """A run that holds a place in a group. `until_ms` is None for a place that is given up at the run's end."""

    run_id: str
    at_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Admit:
    """As far as this policy goes the run may be created. It then holds a place until then; None means to its end."""

    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Drop:
    """The run is not created.

    Attributes:
        policy: its name.
        reason: a sentence, for people.
        holder: the run that has the place.
        is_recorded: it is kept as a skipped run; otherwise nothing of it is seen.
        error: class name of the error that an invoke of this run meets.
    """

    policy: str
    reason: str
    holder: str
    is_recorded: bool = True
    error: str = "InvokeSkippedError"


@dataclass(frozen=True, slots=True)
class Supersede:
    """The run may be created, and others are cancelled for the reason given. It holds a place to its end."""

    run_ids: tuple[str, ...]
    reason: str


Admission: TypeAlias = Admit | Drop | Supersede
