"""The order in which policies are asked whether a run may be created, and the one answer that comes of it.

The first policy that drops the run decides. What the others would have done then does not happen: no place is taken
and no run is cancelled. A duplicate leaves no trace, whichever policy drops it: to its sender it was accepted before.

What has been created is then queued: it begins when its throttle and its concurrency let it, in this order, because
a start is taken of a throttle only when all else is there. Priority decides who of those that wait alike comes first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from surestep.core.policies import batch, debounce, deduplication, occurrence, pause, rate_limit, singleton
from surestep.core.policies.admission import Admission, Admit, Drop, Holder, Merge, Supersede
from surestep.core.policies.batch import Batched
from surestep.core.policies.debounce import Debounced
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.pause import Paused
from surestep.core.policies.rate_limit import Window
from surestep.core.value import value
from surestep_dsl.flow import Singleton

__all__ = ["Admitted", "Claim", "Merged", "Place", "Rule", "decide_admission"]

Rule: TypeAlias = Occurrence | Batched | Window | Debounced | Singleton | Paused | Deduplication
"""What a policy is asked with."""

_ORDER: Final[tuple[type[Rule], ...]] = (
    Occurrence,  # first: what was fired already, before a crash, must not be seen as skipped by another policy
    Batched,  # before a limit: it counts runs, and an event that joins a batch makes none
    Window,  # before a debounce: what is over the limit must not put off the run that is within it
    Debounced,  # before a singleton: an event that joins a run needs no place of its own
    Singleton,  # before a pause: the reason that lasts longer is told
    Paused,
    Deduplication,  # last, as on other engines: what was dropped for another reason may be sent again with its id
)


@value(frozen=True, slots=True)
class Claim:
    """A run's question to one policy. Runs with an equal `group` count together; it names its policy, too.

    Attributes:
        key: what the group's key is, for people; empty for a function as a whole.
    """

    rule: Rule
    group: str
    key: str = ""


@value(frozen=True, slots=True)
class Place:
    """A place in a group that a run holds until an instant, or to its end (None). See `Holder`."""

    group: str
    until_ms: int | None
    mark: int = 0
    size: int = 0


@value(frozen=True, slots=True)
class Admitted:
    """The run is created.

    Attributes:
        places: what it holds from now on.
        superseded: runs to be cancelled, each with the reason.
        start_at_ms: it begins at this instant; None for as it was planned.
        hastened: runs that begin now, and not later.
    """

    places: tuple[Place, ...] = ()
    superseded: tuple[tuple[str, str], ...] = ()
    start_at_ms: int | None = None
    hastened: tuple[str, ...] = ()


_FREE: Final = Admitted()


@value(frozen=True, slots=True)
class Merged:
    """The event goes to another run, which holds these places, some of them already."""

    merge: Merge
    places: tuple[Place, ...] = ()


def decide_admission(
    claims: Sequence[Claim], holders_of: Callable[[str], Sequence[Holder]], now_ms: int
) -> Admitted | Merged | Drop:
    """Whether a run may be created.

    Args:
        claims: what it asks.
        holders_of: the holders of places in a group at this moment, newest first.
        now_ms: when the run would be created.
    """
    admitted = _FREE
    for claim in sorted(claims, key=_rank) if len(claims) > 1 else claims:
        match _ask(claim.rule, holders_of(claim.group), now_ms):
            case Drop() as drop:
                is_recorded = drop.is_recorded and not _is_duplicate(claims, holders_of)
                reason = f'{drop.reason} (key "{claim.key}")' if claim.key else drop.reason
                return replace(drop, is_recorded=is_recorded, reason=reason)
            case Merge() as merge:
                return _merged(merge, claim, claims, holders_of, now_ms)
            case Admit() as admit:
                admitted = _with_place(admitted, claim, admit)
            case Supersede(run_ids, reason):
                superseded = dict(admitted.superseded) | dict.fromkeys(run_ids, reason)
                places = (*admitted.places, Place(claim.group, None))
                admitted = replace(admitted, places=places, superseded=tuple(superseded.items()))
    return admitted


def _rank(claim: Claim) -> int:
    return _ORDER.index(type(claim.rule))


def _with_place(admitted: Admitted, claim: Claim, admit: Admit) -> Admitted:
    place = Place(claim.group, admit.until_ms, admit.mark, size=admit.start_at_ms is not None)
    start_at_ms = admitted.start_at_ms if admit.start_at_ms is None else admit.start_at_ms
    return Admitted((*admitted.places, place), admitted.superseded, start_at_ms, (*admitted.hastened, *admit.hastened))


def _merged(
    merge: Merge, claim: Claim, claims: Sequence[Claim], holders_of: Callable[[str], Sequence[Holder]], now_ms: int
) -> Merged | Drop:
    """What started one run already joins no other; what joins is not started again."""
    places = [Place(claim.group, merge.start_at_ms, merge.mark, merge.size)]
    for other in claims:
        if isinstance(other.rule, Deduplication | Occurrence):
            match _ask(other.rule, holders_of(other.group), now_ms):
                case Drop() as drop:
                    return drop
                case Admit() as admit:
                    places.append(Place(other.group, admit.until_ms))
                case Merge() | Supersede():
                    continue
    return Merged(merge, tuple(places))


def _is_duplicate(claims: Sequence[Claim], holders_of: Callable[[str], Sequence[Holder]]) -> bool:
    return any(isinstance(claim.rule, Deduplication) and holders_of(claim.group) for claim in claims)


def _ask(rule: Rule, holders: Sequence[Holder], now_ms: int) -> Admission:
    match rule:
        case Occurrence():
            return occurrence.admit(rule, holders, now_ms)
        case Batched():
            return batch.admit(rule, holders, now_ms)
        case Window():
            return rate_limit.admit(rule, holders, now_ms)
        case Debounced():
            return debounce.admit(rule, holders, now_ms)
        case Singleton():
            return singleton.admit(rule, holders)
        case Paused():
            return pause.admit(rule)
        case Deduplication():
            return deduplication.admit(rule, holders, now_ms)
