"""The runs under way: which are being driven, which rest in memory, which wait for a place."""

import asyncio
import contextvars
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from surestep.core.commands import StepKey
from surestep.core.records import RunStatus
from surestep.engines.backlog import Backlog
from surestep.engines.clock import created_at_ms
from surestep.engines.driver import Driver, Outside
from surestep.engines.flow import Flow
from surestep.engines.patience import patiently
from surestep.errors import StoreError, UnknownFunctionError
from surestep.limits import ACTIVE_RUNS
from surestep.storage.port import Appended, Delivery, NewEvent, NewRun, RunRow, StoredEvent, StoredRun

__all__ = ["Fleet"]

_logger = logging.getLogger("surestep.engine")


class Fleet:
    """Holds the drivers.

    A run is in one of four places: it is active (with its driver, or being read from the store), it rests in memory
    with its live handler, it waits in the backlog for others to make room, or only the store knows it.

    Args:
        outside: what drivers need of the engine.
        flow: says which runs may go on.
        expect: told when each timer that a write has set is due.
        cached_turns: how many resting drivers are kept; the longest at rest goes first.
    """

    def __init__(self, outside: Outside, flow: Flow, expect: Callable[[int], None], cached_turns: int) -> None:
        self._outside = outside
        self._flow = flow
        self._expect = expect
        self._cached_turns = cached_turns
        self._active: dict[str, asyncio.Task[None]] = {}
        self._drivers: dict[str, Driver] = {}
        self._being_read: dict[str, list[Delivery]] = {}
        self._resting: OrderedDict[str, Driver] = OrderedDict()
        self._backlog = Backlog()
        self._context = contextvars.copy_context()  # runs begun from within a body are not part of it
        self.draining = False

    def bodies_of(self, run_id: str) -> dict[StepKey, int]:
        """The bodies in progress of a run, each with its start in Unix milliseconds."""
        driver = self._drivers.get(run_id)
        return {} if driver is None else dict(driver.started_at_ms)

    @property
    def backlog(self) -> int:
        """How many runs wait for others to make room."""
        return len(self._backlog)

    def is_in_backlog(self, run_id: str) -> bool:
        """Whether a run waits for others to make room."""
        return run_id in self._backlog

    def pass_on(self, appended: Appended, planned: Sequence[NewEvent]) -> None:
        """Take up what a write has caused; `planned` are the events it stored."""
        for new in planned:
            for run in new.runs:
                for timer in run.timers:
                    self._expect(timer.due_at_ms)
                if run.start_at_ms > run.created_at_ms:
                    self._expect(run.start_at_ms)
        if appended.put_off is not None:
            self._expect(appended.put_off)
        if appended.runs:
            events = {new.event.event_id: new.event for new in planned}
            for run in appended.runs:
                self._begin(run, tuple(events[event_id] for event_id in run.event_ids))
        for delivery in appended.deliveries:
            self.deliver(delivery)

    def deliver(self, delivery: Delivery) -> None:
        """Hand a signal to its run."""
        run_id = delivery.run_id
        if run_id in self._being_read:
            self._being_read[run_id].append(delivery)
        elif run_id in self._drivers:
            self._drivers[run_id].deliver(delivery)
        else:
            if run_id in self._resting:
                self._resting[run_id].deliver(delivery)
            if self._flow.lets(self._flow.queue.ticket(run_id), (delivery.signal,)):
                self.let_go(run_id)

    def let_go(self, run_id: str) -> None:
        """Go on with a run that may."""
        if run_id in self._drivers:
            self._drivers[run_id].wake_up()
        elif run_id in self._resting and not self.draining:
            self._start(run_id, self._resting.pop(run_id))
        else:
            self.wake(run_id)

    def take_up(self, run_id: str) -> None:
        """Go on with a run after a restart, as soon as it may."""
        if self._flow.takes_up(run_id):
            self.wake(run_id)

    def wake(self, run_id: str) -> None:
        """Go on with a run that is not in memory; its signals are read with it."""
        if self.draining or run_id in self._active:
            return
        if len(self._active) >= ACTIVE_RUNS:
            self._line_up(run_id)
            return
        self._backlog.discard(run_id)
        self._being_read[run_id] = []
        self._start(run_id, None)

    async def drain(self, *, at_once: bool) -> None:
        """Begin nothing more and wait for what is in progress, or break it off."""
        self.draining = True
        while self._active:
            tasks = set(self._active.values())
            if at_once:
                tasks.update(task for driver in self._drivers.values() for task in driver.in_flight.values())
                for task in tasks:
                    task.cancel()
            await asyncio.wait(tasks)
            for run_id in [run_id for run_id, task in self._active.items() if task.done()]:
                self._rest(run_id, keeps=False)  # it was cancelled before it could begin
        for driver in self._resting.values():
            driver.close()
        self._resting.clear()

    @property
    def is_idle(self) -> bool:
        """No run is being driven."""
        return not self._active

    def _begin(self, run: NewRun, events: tuple[StoredEvent, ...]) -> None:
        """A run that was just created needs no reading."""
        if self.draining:
            return
        ticket = self._flow.ticket_of(run, has_begun=False)
        if not self._flow.lets(ticket):
            return
        if len(self._active) >= ACTIVE_RUNS:
            self._line_up(run.run_id)
            return
        row = RunRow(
            run.run_id,
            run.function_id,
            RunStatus.QUEUED,
            run.event_ids,
            run.created_at_ms,
            run.triggered_by,
            parent=run.parent,
            queueing=run.queueing,
        )
        stored = StoredRun(row, events, run.records, ())
        self._start(run.run_id, Driver(self._outside, stored, self._flow.pass_of(ticket)))

    def _line_up(self, run_id: str) -> None:
        ticket = self._flow.queue.ticket(run_id)
        self._backlog.add(run_id, created_at_ms(run_id) if ticket is None else ticket.position_ms)

    def _start(self, run_id: str, driver: Driver | None) -> None:
        if driver is not None:
            self._drivers[run_id] = driver
        task = asyncio.create_task(self._carry(run_id), name=f"run {run_id}", context=self._context.copy())
        self._active[run_id] = task

    async def _carry(self, run_id: str) -> None:
        """Drive a run until it rests or ends."""
        keeps = False
        try:
            driver = self._drivers.get(run_id) or await self._read(run_id)
            if driver is not None:
                await driver.drive()
                keeps = not driver.is_finished and not self.draining
        except UnknownFunctionError as error:
            _logger.error("run %s waits: %s", run_id, error)  # noqa: TRY400 -- the place in our code tells nothing
        except Exception:
            _logger.exception("run %s cannot go on; it is taken up again at the next start", run_id)
        finally:
            self._rest(run_id, keeps=keeps)

    async def _read(self, run_id: str) -> Driver | None:
        """A driver for a run as it is in the store; None if it has to wait."""
        load = partial(self._outside.store.load_run, run_id)
        stored = await patiently(f"run {run_id}", load, lambda: self.draining)
        missed = self._being_read.pop(run_id)
        if stored is None:
            raise StoreError(f"run {run_id} is gone from the store")
        ticket = self._flow.ticket_of(stored.row, has_begun=stored.row.started_at_ms is not None)
        if not self._flow.lets(ticket, (delivery.signal for delivery in (*stored.deliveries, *missed))):
            return None
        driver = self._drivers[run_id] = Driver(self._outside, stored, self._flow.pass_of(ticket))
        for delivery in missed:
            driver.deliver(delivery)
        return driver

    def _rest(self, run_id: str, *, keeps: bool) -> None:
        """Nothing to do for this run now: keep it at hand, or forget it; somebody else gets its place."""
        del self._active[run_id]
        self._being_read.pop(run_id, None)
        driver = self._drivers.pop(run_id, None)
        if driver is not None and keeps:
            self._resting[run_id] = driver
            if len(self._resting) > self._cached_turns:
                self._resting.popitem(last=False)[1].close()
        elif driver is not None:
            driver.close()
        self._flow.rest(run_id, has_ended=driver is not None and driver.is_finished)
        if self._backlog and not self.draining:
            self.wake(self._backlog.first())
