"""The contract of a store, in words; `tests/contract` holds it in facts, run on every adapter.

- One method is one transaction. When a method has returned, what it wrote survives `kill -9` and power loss; when it
  raised, nothing of it is there.
- All progress of a run passes through `commit`. All that reaches a run from outside becomes a signal, kept until a
  checkpoint consumes it. Whoever removes a waiter or a timer first decides how a wait ended: `append_events` (an event
  matched) or `fire_timers` (time is up), never both. A START timer leaves none: without it its run is ready.
- Methods may be called concurrently from one event loop. Their order is a total order.
- Rows and cursors never cross this border: values in, values out. Stores decide nothing about runs; the two decisions
  they need inside a transaction, whether a waiter's condition holds and whether a run is created, are pure functions:
  one is passed in, the other is `decide_admission`.
- A created run holds the places it was admitted to, until their instants or its end, also when it is pruned before. A
  dropped run is recorded as skipped, with `RunSkipped` as its only record, or not at all; if an invoke step waits for
  it, that step is told. A superseded run gets `CancelAsked`.
- Events may join a run (`Merge`) while its START timer is there and it has not been told to cancel. Such an event
  becomes its last one, or its only one together with the waiters, timers and queueing that were planned for it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from surestep.core.commands import StepKey
from surestep.core.policies.admission import Drop
from surestep.core.policies.order import Place
from surestep.core.policies.pause import PauseMode
from surestep.core.policies.queueing import Queueing
from surestep.core.records import Record, RunStatus
from surestep.core.signals import Signal
from surestep.core.value import value
from surestep.storage.creation import NewEvent, NewRun, NewTimer, NewWaiter, Parent, StoredEvent
from surestep.storage.pruning import Prunable, PruneQuery, Stored
from surestep.storage.queued import PutOff, PutOffList, QueuedRun, QueueState

__all__ = [
    "NOTHING",
    "Appended",
    "Checkpoint",
    "Delivery",
    "Dropped",
    "Matches",
    "NewEvent",
    "NewRun",
    "NewTimer",
    "NewWaiter",
    "Parent",
    "PutOff",
    "PutOffList",
    "QueueState",
    "QueuedRun",
    "RunQuery",
    "RunRow",
    "Store",
    "StoredEvent",
    "StoredRun",
]


@value(frozen=True, slots=True)
class Delivery:
    """A signal on its way to a run. `number` identifies it within the store."""

    number: int
    run_id: str
    signal: Signal


@value(frozen=True, slots=True)
class Dropped:
    """A run that was not created, and why. It is in the store only if `drop.is_recorded`."""

    run_id: str
    drop: Drop


@value(frozen=True, slots=True)
class Appended:
    """What a write has caused.

    Attributes:
        runs: created by this write and due at once, in order; those with a later start are left out.
        deliveries: signals caused by this write, in order.
        dropped: runs that flow control did not let in.
        put_off: when the first of the runs is to begin that flow control has put off; None where it has put none off.
        let_go: runs that were put off and may begin now, as they are after this write.
    """

    runs: tuple[NewRun, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    put_off: int | None = None
    let_go: "tuple[StoredRun, ...]" = ()


NOTHING: Final = Appended()


@value(frozen=True, slots=True)
class Checkpoint:
    """One step forward of one run. Its timers and waiters are that run's.

    Carried out field by field in the order below: so events sent by a checkpoint satisfy the waiters it sets, and those
    sent by the end of a run do not reach the run.

    Attributes:
        first_seq: how many records the run had when this was decided.
        status: the new status, None when it stays. A run that ends loses its timers, waiters and signals.
        consumed: numbers of the signals this takes note of.
        settled: steps that ended: their remaining timers and waiters are removed.
        replies: signals to other runs (an invoke's answer); dropped when that run has ended.
    """

    run_id: str
    first_seq: int
    records: tuple[Record, ...]
    status: RunStatus | None = None
    consumed: tuple[int, ...] = ()
    settled: tuple[StepKey, ...] = ()
    timers: tuple[NewTimer, ...] = ()
    waiters: tuple[NewWaiter, ...] = ()
    events: tuple[NewEvent, ...] = ()
    replies: tuple[tuple[str, Signal], ...] = ()

    def has_only_records(self) -> bool:
        """Whether it does nothing but append to the history."""
        more = self.status or self.consumed or self.settled or self.timers or self.waiters or self.events
        return not (more or self.replies)


@value(frozen=True, slots=True)
class RunRow:
    """A run without its history.

    Attributes:
        started_at_ms: when the record RunStarted was made.
        ended_at_ms: when the last record of the checkpoint was made that ended the run.
        queueing: what it waits for before it begins and goes on; None for nothing.
    """

    run_id: str
    function_id: str
    status: RunStatus
    event_ids: tuple[str, ...]
    created_at_ms: int
    triggered_by: str
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    parent: Parent | None = None
    queueing: Queueing | None = None


@value(frozen=True, slots=True)
class StoredRun:
    """All that is known of a run: enough to go on with it.

    Attributes:
        start_at_ms: when its START timer is due, None where it has none.
    """

    row: RunRow
    events: tuple[StoredEvent, ...]
    records: tuple[Record, ...]
    deliveries: tuple[Delivery, ...]
    start_at_ms: int | None = None


@value(frozen=True, slots=True)
class RunQuery:
    """Which runs to list, newest first. `before` is the run id after which the last page ended."""

    function_id: str | None = None
    status: RunStatus | None = None
    event_id: str | None = None
    before: str | None = None
    limit: int = 50


Matches: TypeAlias = Callable[[NewWaiter, StoredEvent], bool]
"""Whether a waiter's `condition` holds for an event. Pure, never raises. Not asked for waiters with `match_path`."""


class Store(Protocol):
    """See the module's text. Every method may raise StoreError (disk full, read-only, closed); nothing is lost then.

    Attributes:
        keeps_secrets: whoever has only its files cannot read what events, results and errors say.
    """

    keeps_secrets: bool

    async def append_events(self, events: Sequence[NewEvent]) -> Appended:
        """Store events, create the runs they start, and satisfy waiters; all or nothing.

        Events are handled in order: an event satisfies waiters first, those who waited first being told first, and
        starts its runs then, so the waiters of a run never see the event that started it.

        Raises:
            StoreError: an event or run is stored already, or a run's other events are not.
        """
        ...

    def commit(self, checkpoint: Checkpoint) -> Awaitable[Appended]:
        """Append a run's records and carry out all that goes with them.

        Raises:
            StaleCheckpointError: the run does not have exactly `first_seq` records, has ended, or is unknown.
        """
        ...

    def hold(self, run_id: str, place: Place) -> Awaitable[None]:
        """Let a run hold a place in flow control from now on."""
        ...

    async def fire_timers(self, now_ms: int, limit: int) -> Appended:
        """Turn timers due at `now_ms` into signals, earliest first; a WAIT timer removes its waiter, too.

        Of START timers nothing is left: their runs are let go. Only one that cannot be read gets a signal.

        Timers due at the same instant fire in the order of run, step (None first), occurrence and purpose.
        """
        ...

    async def next_due_ms(self) -> int | None:
        """When the earliest timer is due, None without timers."""
        ...

    async def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        """Send a signal to a run from outside; None when the run is unknown or has ended."""
        ...

    async def ready_runs(self) -> tuple[str, ...]:
        """Ids of the runs that have something to do now, oldest first.

        These are the queued ones without a START timer, the running ones, and those with unconsumed signals.
        """
        ...

    async def load_queue(self, now_ms: int) -> QueueState:
        """What flow control was at before a restart."""
        ...

    async def list_put_off(self, function_id: str | None, limit: int) -> PutOffList:
        """Runs with a START timer, of a function if one is given, by function and group."""
        ...

    async def set_pause(self, function_id: str, mode: PauseMode | None) -> None:
        """Pause a function, or resume it (None)."""
        ...

    async def meet_schedules(self, names: Sequence[str], now_ms: int) -> Mapping[str, int]:
        """The latest instant noted of each of these schedules, and `now_ms` for those not met before.

        Others are forgotten: a schedule that comes back has missed nothing.
        """
        ...

    async def load_run(self, run_id: str) -> StoredRun | None:
        """Everything about a run."""
        ...

    async def list_runs(self, query: RunQuery) -> tuple[RunRow, ...]:
        """Runs, newest first."""
        ...

    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> tuple[StoredEvent, ...]:
        """Events, newest first."""
        ...

    async def count_stored(self) -> Stored:
        """How much there is of what may be pruned."""
        ...

    async def find_prunable(self, query: PruneQuery) -> Prunable:
        """What may be deleted, oldest first; a run that ends may be overlooked until the next time."""
        ...

    async def prune(self, found: Prunable, now_ms: int) -> Prunable:
        """Delete runs that have ended and events that no run was started by, and return those; others stay.

        Places in flow control that were held until `now_ms` or before are forgotten, some hundreds at a time.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the file."""
        ...
