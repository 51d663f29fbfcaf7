"""The order in which policies are asked whether a run may be created, and the one answer that comes of it.

The first policy that drops the run decides. What the others would have done then does not happen: no place is taken
and no run is cancelled. A duplicate leaves no trace, whichever policy drops it: to its sender it was accepted before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from surestep.core.policies import deduplication, occurrence, singleton
from surestep.core.policies.admission import Admission, Admit, Drop, Holder, Supersede
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep_dsl.flow import Singleton

__all__ = ["Admitted", "Claim", "Place", "Rule", "decide_admission"]

Rule: TypeAlias = Occurrence | Singleton | Deduplication
"""What a policy is asked with."""

_ORDER: Final[tuple[type[Rule], ...]] = (
    Occurrence,  # first: what was fired already, before a crash, must not be seen as skipped by another policy
    Singleton,
    Deduplication,  # last, as on other engines: what was dropped for another reason may be sent again with its id
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run's question to one policy. Runs with an equal `group` count together; it names its policy, too."""

    rule: Rule
    group: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a group that a created run holds until an instant, or to its end (None)."""

    group: str
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The run is created.

    Attributes:
        places: what it holds from now on.
        superseded: runs to be cancelled, each with the reason.
    """

    places: tuple[Place, ...] = ()
    superseded: tuple[tuple[str, str], ...] = ()


def decide_admission(
    claims: Sequence[Claim], holders_of: Callable[[str], Sequence[Holder]], now_ms: int
) -> Admitted | Drop:
    """Whether a run may be created.

    Args:
        claims: what it asks.
        holders_of: the holders of places in a group at this moment, newest first.
        now_ms: when the run would be created.
    """
    places: list[Place] = []
    superseded: dict[str, str] = {}
    for claim in sorted(claims, key=lambda claim: _ORDER.index(type(claim.rule))):
        match _ask(claim.rule, holders_of(claim.group), now_ms):
            case Drop() as drop:
                is_duplicate = any(isinstance(one.rule, Deduplication) and holders_of(one.group) for one in claims)
                return replace(drop, is_recorded=drop.is_recorded and not is_duplicate)
            case Admit(until_ms):
                places.append(Place(claim.group, until_ms))
            case Supersede(run_ids, reason):
                places.append(Place(claim.group, None))
                superseded.update(dict.fromkeys(run_ids, reason))
    return Admitted(tuple(places), tuple(superseded.items()))


def _ask(rule: Rule, holders: Sequence[Holder], now_ms: int) -> Admission:
    match rule:
        case Occurrence():
            return occurrence.admit(rule, holders, now_ms)
        case Singleton():
            return singleton.admit(rule, holders)
        case Deduplication():
            return deduplication.admit(rule, holders, now_ms)
