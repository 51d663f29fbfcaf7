"""The runs under way: which are being driven, which rest in memory, which wait for a place."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from surestep.core.commands import StepKey
from surestep.core.records import RunStatus
from surestep.engines.driver import Driver, Outside
from surestep.limits import ACTIVE_RUNS
from surestep.storage.port import Appended, Delivery, NewEvent, NewRun, RunRow, StoredEvent, StoredRun

__all__ = ["Fleet"]

_logger = logging.getLogger("surestep.engine")


class Fleet:
    """Holds the drivers.

    Args:
        outside: what drivers need of the engine.
        expect: told when each timer that a write has set is due.
        cached_turns: how many resting drivers are kept; the longest at rest goes first.
    """

    def __init__(self, outside: Outside, expect: Callable[[int], None], cached_turns: int) -> None:
        self._outside = outside
        self._expect = expect
        self._cached_turns = cached_turns
        self._active: dict[str, asyncio.Task[None]] = {}
        self._drivers: OrderedDict[str, Driver] = OrderedDict()
        self._being_read: dict[str, list[Delivery]] = {}
        self._backlog: deque[str] = deque()
        self.draining = False

    def bodies_of(self, run_id: str) -> dict[StepKey, int]:
        """The bodies in progress of a run, each with its start in Unix milliseconds."""
        driver = self._drivers.get(run_id)
        return {} if driver is None else dict(driver.started_at_ms)

    def pass_on(self, appended: Appended, planned: Sequence[NewEvent]) -> None:
        """Take up what a write has caused; `planned` are the events it stored."""
        for new in planned:
            for run in new.runs:
                for timer in run.timers:
                    self._expect(timer.due_at_ms)
                if run.start_at_ms > run.created_at_ms:
                    self._expect(run.start_at_ms)
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
        elif (driver := self._drivers.get(run_id)) is not None:
            driver.deliver(delivery)
            if run_id not in self._active:
                self._resume(driver)
        else:
            self.wake(run_id)

    def wake(self, run_id: str) -> None:
        """Go on with a run that is not in memory; its signals are read with it."""
        if self.draining or run_id in self._active:
            return
        if len(self._active) >= ACTIVE_RUNS:
            self._backlog.append(run_id)
            return
        self._being_read[run_id] = []
        self._active[run_id] = asyncio.create_task(self._read_and_drive(run_id), name=f"read {run_id}")

    async def drain(self, *, at_once: bool) -> None:
        """Begin nothing more and wait for what is in progress, or break it off."""
        self.draining = True
        while self._active:
            if at_once:
                for task in self._active.values():
                    task.cancel()
            await asyncio.wait(self._active.values())
        for driver in self._drivers.values():
            driver.close()
        self._drivers.clear()

    @property
    def is_idle(self) -> bool:
        """No run is being driven."""
        return not self._active

    def _begin(self, run: NewRun, events: tuple[StoredEvent, ...]) -> None:
        """A run that was just created needs no reading."""
        if self.draining:
            return
        if len(self._active) >= ACTIVE_RUNS:
            self._backlog.append(run.run_id)
            return
        row = RunRow(
            run.run_id,
            run.function_id,
            RunStatus.QUEUED,
            run.event_ids,
            run.created_at_ms,
            run.triggered_by,
            parent=run.parent,
        )
        self._resume(Driver(self._outside, StoredRun(row, events, (), ())))

    def _resume(self, driver: Driver) -> None:
        self._drivers[driver.run_id] = driver
        self._active[driver.run_id] = asyncio.create_task(self._drive(driver), name=f"drive {driver.run_id}")

    async def _read_and_drive(self, run_id: str) -> None:
        try:
            stored = await self._outside.store.load_run(run_id)
        except BaseException:
            del self._active[run_id], self._being_read[run_id]
            raise
        missed = self._being_read.pop(run_id)
        if stored is None:
            self._rest(run_id)
            return
        driver = self._drivers[run_id] = Driver(self._outside, stored)
        for delivery in missed:
            driver.deliver(delivery)
        await self._drive(driver)

    async def _drive(self, driver: Driver) -> None:
        try:
            await driver.drive()
        except Exception:
            _logger.exception("run %s cannot go on; it is taken up again at the next start", driver.run_id)
            driver.close()
            self._drivers.pop(driver.run_id, None)
        finally:
            self._rest(driver.run_id)

    def _rest(self, run_id: str) -> None:
        """Nothing to do for this run now: keep it at hand, or forget it; somebody else gets its place."""
        self._active.pop(run_id, None)
        driver = self._drivers.pop(run_id, None)
        if driver is not None and not driver.is_finished and not self.draining:
            self._drivers[run_id] = driver
            self._forget_longest_at_rest()
        elif driver is not None:
            driver.close()
        if self._backlog and not self.draining:
            self.wake(self._backlog.popleft())

    def _forget_longest_at_rest(self) -> None:
        resting = len(self._drivers) - len(self._active)
        if resting <= self._cached_turns:
            return
        for run_id, driver in self._drivers.items():
            if run_id not in self._active:
                driver.close()
                del self._drivers[run_id]
                return
