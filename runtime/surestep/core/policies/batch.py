"""One run for several events: it begins when it is full, or some time after the first."""

from collections.abc import Sequence

from surestep.core.policies.admission import Admit, Holder, Merge
from surestep.core.value import value
from surestep.limits import BATCH_BYTES

__all__ = ["Batched", "admit"]


@value(frozen=True, slots=True)
class Batched:
    """An event of a function with batches. `event_bytes` is the size of its data."""

    max_size: int
    timeout_ms: int
    event_bytes: int


def admit(rule: Batched, holders: Sequence[Holder], now_ms: int) -> Admit | Merge:
    """The batch that has not begun holds the only place, marked with its bytes.

    An event that would make it too large opens the next one, and the one before begins.
    """
    opened = Admit(now_ms + rule.timeout_ms, mark=rule.event_bytes, start_at_ms=now_ms + rule.timeout_ms)
    if not holders or holders[0].until_ms is None:
        return opened
    batch = holders[0]
    total = batch.mark + rule.event_bytes
    if total > BATCH_BYTES:
        return Admit(opened.until_ms, opened.mark, opened.start_at_ms, hastened=(batch.run_id,))
    size = batch.size + 1
    is_full = size >= rule.max_size or total == BATCH_BYTES
    start_at_ms = now_ms if is_full or batch.until_ms is None else batch.until_ms
    return Merge(batch.run_id, start_at_ms, adds=True, mark=total, size=size)
