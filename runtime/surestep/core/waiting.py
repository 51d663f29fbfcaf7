"""Why a run waits for a place, as far as the queue knows."""

from surestep.core.lanes import Lane, Need
from surestep.core.policies.admission import Defer
from surestep.core.policies.throttle import spacing_us
from surestep.core.value import value
from surestep_dsl.flow import Throttle

__all__ = ["Waiting", "waiting_of"]


@value(frozen=True, slots=True)
class Waiting:
    """Why a run, or the first of a lane, waits.

    Attributes:
        need: the group that has no room for it.
        position: 1 for the one whose turn it is in its lane.
        starts_at_ms: when it goes on, where that is known.
    """

    function_id: str
    need: Need
    position: int
    starts_at_ms: int | None


def waiting_of(lane: Lane, position: int, now_ms: int) -> Waiting | None:
    """Why the run at a position of a lane waits; None for a lane in which nobody waits."""
    need = lane.parked_at
    if need is None:
        return None
    answer = need.group.ask(need.rule, now_ms)
    starts_at_ms = answer.until_ms if isinstance(answer, Defer) else None
    if starts_at_ms is not None and isinstance(need.rule, Throttle) and position > 1:
        alone = sum(map(len, need.group.parked.values())) == 1
        starts_at_ms = starts_at_ms + (position - 1) * spacing_us(need.rule) // 1_000 if alone else None
    return Waiting(lane.function_id, need, position, starts_at_ms)
