"""What a run waits for before it begins and goes on: the groups whose places it needs, found once, at its creation.

The limits are not noted: those of today's code apply.
"""

from surestep.core.value import value

__all__ = ["Queueing"]


@value(frozen=True, slots=True)
class Queueing:
    """A run's part in the queue.

    Attributes:
        position_ms: the lowest of a queue goes first; ids decide between equal ones.
        throttle: the group whose pace its start follows.
        concurrency: the group of each entry of the function's `concurrency`, in order.
    """

    position_ms: int
    throttle: str | None = None
    concurrency: tuple[str, ...] = ()
