"""A checkpoint in the making: what one reaction of a run adds up to before it is committed."""

from surestep.core.commands import StepKey
from surestep.core.records import Record, RunStarted, RunStatus, StepSucceeded
from surestep.core.signals import Signal
from surestep.storage.port import Checkpoint, NewEvent, NewTimer, NewWaiter

__all__ = ["Draft"]


class Draft:
    """Collects until `checkpoint` is made of it. Most of it stays empty, so it consists of tuples.

    Args:
        run_id: of the run.
        first_seq: how many records it has in the store.

    Attributes:
        is_urgent: to be committed, whatever it holds.
        results: how many records are results of plain steps.
    """

    __slots__ = (
        *("consumed", "events", "first_seq", "is_urgent", "records", "replies", "results", "run_id"),
        *("settled", "timers", "waiters"),
    )

    def __init__(self, run_id: str, first_seq: int) -> None:
        self.run_id = run_id
        self.first_seq = first_seq
        self.is_urgent = False
        self.results = 0
        self.records: tuple[Record, ...] = ()
        self.consumed: tuple[int, ...] = ()
        self.settled: tuple[StepKey, ...] = ()
        self.timers: tuple[NewTimer, ...] = ()
        self.waiters: tuple[NewWaiter, ...] = ()
        self.events: tuple[NewEvent, ...] = ()
        self.replies: tuple[tuple[str, Signal], ...] = ()

    def add(self, record: Record) -> None:
        """Append a record."""
        self.records += (record,)
        if isinstance(record, StepSucceeded) and record.kind == "run":
            self.results += 1

    def wait_again(self, waiter: NewWaiter) -> None:
        """Register a wait, in place of what the same step waited for."""
        self.waiters = (*(other for other in self.waiters if other.key != waiter.key), waiter)

    def drop(self, key: StepKey) -> None:
        """A step came to nothing: what was set for it, here or in the store, goes."""
        self.settled += (key,)
        self.timers = tuple(timer for timer in self.timers if timer.key != key)
        self.waiters = tuple(waiter for waiter in self.waiters if waiter.key != key)

    def must_commit(self) -> bool:
        """Whether something here has to be durable before the run may go on.

        That a run has begun is not: a crash before its first step ends makes it begin again.
        """
        only_begun = not self.records or (len(self.records) == 1 and isinstance(self.records[0], RunStarted))
        return self.is_urgent or not only_begun or bool(self.timers or self.waiters or self.events or self.replies)

    @property
    def held(self) -> tuple[int, int] | None:
        """How many results wait here, and since when; None where something else waits with them, or nothing."""
        begun = len(self.records) > self.results and isinstance(self.records[0], RunStarted)
        others = self.is_urgent or self.settled or self.timers or self.waiters or self.events or self.replies
        if others or not self.results or self.results + begun < len(self.records):
            return None
        return self.results, self.records[begun].at_ms

    @property
    def is_empty(self) -> bool:
        """Nothing to write at all."""
        return not (self.records or self.consumed or self.must_commit())

    def checkpoint(self, status: RunStatus | None) -> Checkpoint:
        """The checkpoint, with the run's new status where it changes."""
        return Checkpoint(
            self.run_id,
            self.first_seq,
            self.records,
            status,
            self.consumed,
            self.settled,
            self.timers,
            self.waiters,
            self.events,
            self.replies,
        )
