"""At most so many runs in any window of time; what is more is skipped. An idempotency key is a limit of one."""

from collections.abc import Sequence
from typing import Final

from surestep.core.policies.admission import Admit, Drop, Holder
from surestep.core.value import value
from surestep.limits import IDEMPOTENCY_MS
from surestep_dsl.duration import format_duration

__all__ = ["IDEMPOTENCY", "Window", "admit"]


@value(frozen=True, slots=True)
class Window:
    """At most `limit` runs are created in any `period_ms`. `policy` is what the option is called in specs."""

    policy: str
    limit: int
    period_ms: int


IDEMPOTENCY: Final = Window("idempotency", 1, IDEMPOTENCY_MS)


def admit(rule: Window, holders: Sequence[Holder], now_ms: int) -> Admit | Drop:
    """A place is held for the period, however the run ends: so any window holds at most `limit` of them."""
    if len(holders) < rule.limit:
        return Admit(now_ms + rule.period_ms)
    found = "was a run" if rule.limit == 1 else f"were {rule.limit} runs"
    reason = f"{rule.policy}: there {found} within {format_duration(rule.period_ms)}"
    return Drop(rule.policy, reason, holders[0].run_id)
