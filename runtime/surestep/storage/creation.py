"""What a store is asked to create: events, and the runs, timers and waiters that come with them."""

from dataclasses import replace

from surestep.core.commands import StepKey
from surestep.core.policies.order import Claim
from surestep.core.policies.queueing import Queueing
from surestep.core.records import Record
from surestep.core.signals import TimerPurpose
from surestep.core.value import value

__all__ = ["NewEvent", "NewRun", "NewTimer", "NewWaiter", "Parent", "StoredEvent", "postponed"]


@value(frozen=True, slots=True)
class StoredEvent:
    """An event as received.

    Attributes:
        event_id: our ULID; ULIDs sort in order of reception.
        data: validated, defaults filled in, as JSON.
        id: the sender's deduplication id, or `event_id` where there was none.
        ts_ms: Unix milliseconds, the sender's or the time of reception.
    """

    event_id: str
    name: str
    data: bytes
    id: str
    ts_ms: int
    received_at_ms: int
    v: str | None = None


@value(frozen=True, slots=True)
class Parent:
    """The invoke step that waits for a run."""

    run_id: str
    key: StepKey


@value(frozen=True, slots=True)
class NewTimer:
    """A timer of a run; at most one per run, purpose and key: a new one replaces the old."""

    run_id: str
    purpose: TimerPurpose
    due_at_ms: int
    key: StepKey | None = None


@value(frozen=True, slots=True)
class NewWaiter:
    """A run's interest in an event. A step waits for one thing at a time: a new waiter of its key replaces the old.

    Attributes:
        key: the waiting step; None for a `cancel_on` (a run may have several), whose match asks for cancellation.
        match_path: for example `data.orderId`; then the event's value there must be a scalar equal to `match_value`.
        match_value: canonical JSON of the trigger's value, or None where it had none: such a waiter never matches.
        condition: an expression instead of a match; `trigger` is then the trigger event as JSON.
        until_ms: the waiter is dead from this instant on (cancel_on with a timeout); None means no end.
        lookback_after: also match events already stored with a greater `event_id`, oldest first ...
        consumed: ... except these, and those that are on their way to the run already; nor are events taken that come
            later and that another step of the run gets, having waited longer.
    """

    run_id: str
    key: StepKey | None
    event_name: str
    match_path: str | None = None
    match_value: str | None = None
    condition: str | None = None
    trigger: bytes = b""
    until_ms: int | None = None
    lookback_after: str | None = None
    consumed: tuple[str, ...] = ()


@value(frozen=True, slots=True)
class NewRun:
    """A run to be created. Its timers and waiters are its own.

    Attributes:
        run_id: a ULID; "newest" and "oldest" mean greatest and least.
        function_id: `process-order`, or `process-order:on_failure` for its failure handler.
        event_ids: `event_id` of its triggers: one, or several of a batch; the others are stored already.
        start_at_ms: not before this instant; a START timer is set when it lies after `created_at_ms`.
        claims: what it asks of flow control, each in another group; `decide_admission` says whether it is created.
        queueing: what it waits for before it begins and goes on; None for nothing.
        records: what is copied from another run: its history when it is created.
    """

    run_id: str
    function_id: str
    event_ids: tuple[str, ...]
    created_at_ms: int
    start_at_ms: int
    triggered_by: str = "event"
    parent: Parent | None = None
    waiters: tuple[NewWaiter, ...] = ()
    timers: tuple[NewTimer, ...] = ()
    claims: tuple[Claim, ...] = ()
    records: tuple[Record, ...] = ()
    queueing: Queueing | None = None


@value(frozen=True, slots=True)
class NewEvent:
    """An event to append, with the runs it starts.

    Attributes:
        keep: store the event even when it starts no run, is the trigger of no skipped one, and satisfies no wait.
        occurrence: the schedule that it is an occurrence of, and the instant; kept as the schedule's latest.
        is_copy: it is another run's, for a run that is to do the same again: it satisfies no waits.
        hinges_on: id of one of the runs; if that one is dropped, nothing at all comes of this event.
    """

    event: StoredEvent
    runs: tuple[NewRun, ...] = ()
    keep: bool = True
    occurrence: tuple[str, int] | None = None
    is_copy: bool = False
    hinges_on: str | None = None


def postponed(run: NewRun, start_at_ms: int, run_id: str) -> tuple[tuple[NewTimer, ...], tuple[NewWaiter, ...]]:
    """The timers and waiters of a run that is to begin at another instant, under this id.

    How long it may take until it begins counts from that instant.
    """
    delay_ms = start_at_ms - run.start_at_ms
    timers = (replace(timer, run_id=run_id, due_at_ms=timer.due_at_ms + delay_ms) for timer in run.timers)
    return tuple(timers), tuple(replace(waiter, run_id=run_id) for waiter in run.waiters)
