"""One run after a quiet time, with the last event: each event puts off the run that has not begun."""

from collections.abc import Sequence

from surestep.core.policies.admission import Admit, Drop, Holder, Merge
from surestep.core.value import value

__all__ = ["Debounced", "admit"]


@value(frozen=True, slots=True)
class Debounced:
    """An event of a debounced function.

    Attributes:
        timeout_ms: the run begins at most so long after the first event.
        start_at_ms: the event is not to be handled earlier.
        ts_ms: when it happened, as its sender says.
    """

    period_ms: int
    timeout_ms: int | None
    start_at_ms: int
    ts_ms: int


def admit(rule: Debounced, holders: Sequence[Holder], now_ms: int) -> Admit | Drop | Merge:
    """The run that has not begun holds the only place, until it begins; it was created with the first event.

    What happened before the event that it has is late, and ignored: it does not put the run off.
    """
    start_at_ms = max(now_ms + rule.period_ms, rule.start_at_ms)
    if not holders:
        return Admit(start_at_ms, mark=rule.ts_ms, start_at_ms=start_at_ms)
    pending = holders[0]
    if rule.ts_ms < pending.mark:
        reason = f"debounce: run {pending.run_id} has a later event"
        return Drop("debounce", reason, pending.run_id, is_recorded=False)
    if rule.timeout_ms is not None:
        start_at_ms = min(start_at_ms, pending.at_ms + rule.timeout_ms)
    return Merge(pending.run_id, start_at_ms, adds=False, mark=rule.ts_ms, size=1)
