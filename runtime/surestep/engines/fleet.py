"""The runs under way: which are being driven, which rest in memory, which wait for a place."""

import asyncio
import contextvars
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from surestep.core.commands import StepKey
from surestep.core.lanes import Ticket
from surestep.core.records import RunStatus
from surestep.engines.backlog import Backlog
from surestep.engines.clock import created_at_ms
from surestep.engines.driver import Driver
from surestep.engines.flow import Flow
from surestep.engines.outside import Outside
from surestep.engines.patience import tell_that_stuck
from surestep.engines.tasks import start_task
from surestep.limits import ACTIVE_RUNS
from surestep.storage.port import Appended, Delivery, NewEvent, NewRun, RunRow, StoredEvent, StoredRun

__all__ = ["Fleet"]


@dataclass(slots=True)
class _Reading:
    """A run that is being read from the store, and what is delivered to it meanwhile."""

    task: asyncio.Task[None]
    deliveries: list[Delivery] = field(default_factory=list)


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
        self._drivers: dict[str, Driver] = {}
        self._being_read: dict[str, _Reading] = {}
        self._resting: OrderedDict[str, Driver] = OrderedDict()
        self._backlog = Backlog()
        self._context = contextvars.copy_context()  # runs begun from within a body are not part of it
        self._rested = asyncio.Event()
        self.draining = False

    def bodies_of(self, run_id: str) -> dict[StepKey, int]:
        """The bodies in progress of a run, each with its start in Unix milliseconds."""
        driver = self._drivers.get(run_id)
        return {} if driver is None else dict(driver.in_flight.started_at_ms)

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
                self._begin(_stored(run, tuple(events[event_id] for event_id in run.event_ids)))
        for stored in appended.let_go:
            self._begin_late(stored)
        for delivery in appended.deliveries:
            self.deliver(delivery)

    def deliver(self, delivery: Delivery) -> None:
        """Hand a signal to its run."""
        run_id = delivery.run_id
        if run_id in self._being_read:
            self._being_read[run_id].deliveries.append(delivery)
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
            self._start(self._resting.pop(run_id))
        else:
            self.wake(run_id)

    def take_up(self, run_id: str) -> None:
        """Go on with a run after a restart, as soon as it may."""
        if self._flow.takes_up(run_id):
            self.wake(run_id)

    def wake(self, run_id: str) -> None:
        """Go on with a run that is not in memory; its signals are read with it."""
        if self.draining or run_id in self._drivers or run_id in self._being_read:
            return
        if self._is_full:
            self._line_up(run_id)
            return
        self._backlog.discard(run_id)
        task = start_task(self._read(run_id), f"run {run_id}", self._context.copy())
        self._being_read[run_id] = _Reading(task)

    async def drain(self, *, at_once: bool) -> None:
        """Begin nothing more and wait for what is in progress, or break it off."""
        self.draining = True
        if at_once:
            await self._break_off()
        while not self.is_idle:
            self._rested.clear()
            await self._rested.wait()
        for driver in self._resting.values():
            driver.close()
        self._resting.clear()

    @property
    def is_idle(self) -> bool:
        """No run is being driven or read."""
        return not (self._drivers or self._being_read)

    @property
    def _is_full(self) -> bool:
        return len(self._drivers) + len(self._being_read) >= ACTIVE_RUNS

    def _begin_late(self, stored: StoredRun) -> None:
        """A run that was put off comes with the write that let it go."""
        run_id = stored.row.run_id
        if run_id in self._drivers or run_id in self._being_read:  # it was told to end
            return
        try:
            self._begin(stored)
        except Exception as error:  # noqa: BLE001 -- as when it is read
            tell_that_stuck(run_id, error)
            self._make_room(run_id)

    def _begin(self, stored: StoredRun) -> None:
        """A run that comes with a write needs no reading."""
        if self.draining:
            return
        ticket = self._flow.ticket_of(stored.row, has_begun=False)
        if not self._flow.lets(ticket, (delivery.signal for delivery in stored.deliveries)):
            return
        if self._is_full:
            self._line_up(stored.row.run_id)
            return
        self._start(self._driver(stored, ticket))

    def _line_up(self, run_id: str) -> None:
        ticket = self._flow.queue.ticket(run_id)
        self._backlog.add(run_id, created_at_ms(run_id) if ticket is None else ticket.position_ms)

    def _driver(self, stored: StoredRun, ticket: Ticket | None) -> Driver:
        return Driver(self._outside, stored, self._flow.pass_of(ticket), self._rest, self._context.copy())

    def _start(self, driver: Driver) -> None:
        self._drivers[driver.run_id] = driver
        driver.start()

    async def _read(self, run_id: str) -> None:
        """Start the driver of a run as it is in the store, unless it has to wait."""
        try:
            stored = await self._outside.load(run_id)
            ticket = self._flow.ticket_of(stored.row, has_begun=stored.row.started_at_ms is not None)
            missed = self._being_read[run_id].deliveries
            if self._flow.lets(ticket, (delivery.signal for delivery in (*stored.deliveries, *missed))):
                driver = self._driver(stored, ticket)
                for delivery in missed:
                    driver.deliver(delivery)
                self._start(driver)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other runs go on
            tell_that_stuck(run_id, error)
        finally:
            del self._being_read[run_id]
            if run_id not in self._drivers:
                self._make_room(run_id)

    async def _break_off(self) -> None:
        """Cancel what is in progress, and wait until it is."""
        tasks = [reading.task for reading in self._being_read.values()]
        for reading in tasks:
            reading.cancel()
        for driver in self._drivers.values():
            tasks += driver.give_up()
        if tasks:
            await asyncio.wait(tasks)
        self._being_read.clear()  # what was cancelled before it could begin is still there
        for driver in list(self._drivers.values()):
            self._rest(driver)

    def _rest(self, driver: Driver) -> None:
        """Nothing to do for this run now: keep it at hand, or forget it; somebody else gets its place."""
        run_id = driver.run_id
        if self._drivers.pop(run_id, None) is None:
            return
        if driver.is_finished or driver.has_failed or self.draining:
            driver.close()
        else:
            self._resting[run_id] = driver
            if len(self._resting) > self._cached_turns:
                self._resting.popitem(last=False)[1].close()
        self._make_room(run_id, has_ended=driver.is_finished)

    def _make_room(self, run_id: str, *, has_ended: bool = False) -> None:
        self._flow.rest(run_id, has_ended=has_ended)
        if self._backlog and not self.draining:
            self.wake(self._backlog.first())
        if self.is_idle:
            self._rested.set()


def _stored(run: NewRun, events: tuple[StoredEvent, ...]) -> StoredRun:
    """A run that was just created, as if it had been read."""
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
    return StoredRun(row, events, run.records, ())
