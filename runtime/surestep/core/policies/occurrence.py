"""One run per function and occurrence of a schedule, whatever restarts and however the clock is set."""

from collections.abc import Sequence

from surestep.core.policies.admission import Admit, Drop, Holder
from surestep.core.value import value
from surestep.limits import DEDUPLICATION_MS

__all__ = ["Occurrence", "admit"]


@value(frozen=True, slots=True)
class Occurrence:
    """Asked with a group of its own for each occurrence, which is due at `at_ms`."""

    at_ms: int


def admit(rule: Occurrence, holders: Sequence[Holder], now_ms: int) -> Admit | Drop:
    """The place is held for a day from the occurrence on: a clock that is put back does not fire it again."""
    if holders:
        reason = f"run {holders[0].run_id} was started for the same occurrence"
        return Drop("occurrence", reason, holders[0].run_id, is_recorded=False)
    return Admit(max(rule.at_ms, now_ms) + DEDUPLICATION_MS)
