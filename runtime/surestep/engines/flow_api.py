"""What every engine offers to those who ask why runs wait: the command line, the HTTP API, tests.

Plain values in both directions, as in `api`.
"""

from dataclasses import dataclass
from typing import Protocol

from surestep.core.policies.pause import PauseMode

__all__ = ["FlowApi", "Hold", "QueueList", "QueueRow"]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a run waits.

    Attributes:
        policy: the option of the function that holds it: `concurrency`, `throttle`, `debounce`, `batch_events`; or
            `pause`, `ts` for an event that is to be handled later, `capacity` when the engine has too much to do.
        key: the value of the policy's key; None where it has none, and for keys that fail.
        position: 1 for the run whose turn it is among those that need the same; None where there is no order.
        starts_at_ms: when it goes on, in Unix milliseconds, where that is known.
    """

    policy: str
    key: str | None = None
    position: int | None = None
    starts_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """How many runs of a function wait for one thing.

    Attributes:
        function_id: empty for runs, of whichever function, that wait because the engine has too much to do.
        policy: as in `Hold`; likewise `key`.
        waiting: how many runs, and for a limit of steps how many turns and bodies; 0 for a paused function for which
            none waits.
        in_use: places that are taken, by whichever function; of batches, events that they have; None for what has
            neither.
        limit: how many places there are, or how many events make a batch full.
        starts_at_ms: when the first of them goes on, where that is known.
    """

    function_id: str
    policy: str
    key: str | None
    waiting: int
    in_use: int | None = None
    limit: int | None = None
    starts_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class QueueList:
    """What runs wait for.

    Attributes:
        queue: the rows; where most wait first, and of those that are equal in this what begins first.
        left_off: how many rows there are beyond these.
        waiting: how many wait in all rows, these and others.
    """

    queue: tuple[QueueRow, ...] = ()
    left_off: int = 0
    waiting: int = 0


class FlowApi(Protocol):
    """Flow control of an engine as its callers see it."""

    async def list_queue(self, *, function_id: str | None = None, limit: int = 50) -> QueueList:
        """What runs wait for, by function and key; at most `limit` rows."""
        ...

    def knows(self, function_id: str) -> bool:
        """Whether the app has this function. Runs of others may wait, too, from before it was removed."""
        ...

    async def pause(self, function_id: str, mode: PauseMode) -> bool:
        """Begin no runs of a function any more; those that have begun go on. False when there is none of this id."""
        ...

    async def resume(self, function_id: str) -> bool:
        """Begin runs of a function again, those first that have waited. False when there is none of this id."""
        ...
