"""One run per function and event id, for a day from the first reception."""

from collections.abc import Sequence

from surestep.core.policies.admission import Admit, Drop, Holder
from surestep.core.value import value
from surestep.limits import DEDUPLICATION_MS

__all__ = ["Deduplication", "admit"]


@value(frozen=True, slots=True)
class Deduplication:
    """Asked with the function and the id as the group."""

    window_ms: int = DEDUPLICATION_MS


def admit(rule: Deduplication, holders: Sequence[Holder], now_ms: int) -> Admit | Drop:
    """A duplicate is no skipped run: to the sender, the event was accepted before."""
    if holders:
        reason = f"run {holders[0].run_id} was started by an event with the same id"
        return Drop("deduplication", reason, holders[0].run_id, is_recorded=False, error="InvokeDeduplicatedError")
    return Admit(now_ms + rule.window_ms)
