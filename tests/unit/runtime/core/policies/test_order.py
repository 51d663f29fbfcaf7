from surestep.core.policies.admission import Drop, Holder
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.order import Admitted, Claim, Merged, Place, decide_admission
from surestep_dsl.flow import Singleton, SingletonMode

DAY_MS = 24 * 3_600_000

SKIP = Claim(Singleton(SingletonMode.SKIP), "singleton")
CANCEL = Claim(Singleton(SingletonMode.CANCEL), "singleton")
ONCE = Claim(Deduplication(), "id")
FIRED = Claim(Occurrence(500), "occurrence")


def decide(*claims: Claim, held: dict[str, list[Holder]] | None = None) -> Admitted | Merged | Drop:
    return decide_admission(claims, lambda group: (held or {}).get(group, []), 1_000)


def holder(run_id: str, until_ms: int | None = None) -> Holder:
    return Holder(run_id, 100, until_ms)


def test_a_run_that_asks_nothing_is_admitted() -> None:
    assert decide() == Admitted()


def test_a_run_holds_a_place_in_every_group_it_asked_about() -> None:
    places = (Place("occurrence", 1_000 + DAY_MS), Place("singleton", None), Place("id", 1_000 + DAY_MS))
    assert decide(ONCE, SKIP, FIRED) == Admitted(places)


def test_the_place_of_an_occurrence_in_the_future_is_held_for_a_day_from_then() -> None:
    assert decide(Claim(Occurrence(5_000), "o")) == Admitted((Place("o", 5_000 + DAY_MS),))


def test_a_singleton_skips_the_new_run_for_the_one_that_lives() -> None:
    dropped = Drop("singleton", "singleton: run r1 has not ended", "r1")
    assert decide(SKIP, held={"singleton": [holder("r1")]}) == dropped


def test_a_singleton_cancels_all_that_live() -> None:
    why = "singleton: a newer run takes its place"
    assert decide(CANCEL, held={"singleton": [holder("r2"), holder("r1")]}) == Admitted(
        (Place("singleton", None),), (("r2", why), ("r1", why))
    )


def test_a_duplicate_is_dropped_unseen_and_cancels_nobody() -> None:
    dropped = decide(CANCEL, ONCE, held={"singleton": [holder("r1")], "id": [holder("r1", 2_000)]})
    assert dropped == Drop(
        "deduplication",
        "run r1 was started by an event with the same id",
        "r1",
        is_recorded=False,
        error="InvokeDeduplicatedError",
    )


def test_a_singleton_is_asked_before_deduplication_and_after_the_occurrence() -> None:
    held = {group: [holder("r1", 2_000)] for group in ("singleton", "id", "occurrence")}
    first = decide(ONCE, SKIP, FIRED, held=held)
    assert isinstance(first, Drop)
    assert (first.policy, first.is_recorded) == ("occurrence", False)


def test_a_duplicate_is_not_seen_even_where_a_singleton_drops_it() -> None:
    both = decide(ONCE, SKIP, held={group: [holder("r1", 2_000)] for group in ("singleton", "id")})
    assert isinstance(both, Drop)
    assert (both.policy, both.is_recorded) == ("singleton", False)
    other = decide(ONCE, SKIP, held={"singleton": [holder("r1")]})
    assert isinstance(other, Drop)
    assert other.is_recorded
