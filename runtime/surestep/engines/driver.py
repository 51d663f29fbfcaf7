"""Carries one run on: takes what reaches it, commits, and only then acts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar

from surestep.core.asked import Asked
from surestep.core.commands import RunBody, StepKey
from surestep.core.inputs import Input
from surestep.core.policies.order import Place
from surestep.core.records import ENDED, RunStatus
from surestep.engines.alarm import Alarm
from surestep.engines.bodies import Bodies
from surestep.engines.buffering import hold_until_ms
from surestep.engines.execution import Execution
from surestep.engines.flow import Pass
from surestep.engines.patience import patiently
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.port import Appended, Checkpoint, Delivery, Store, StoredRun

__all__ = ["Driver", "Outside"]

_T = TypeVar("_T")

_logger = logging.getLogger("surestep.engine")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a driver needs of its engine.

    Attributes:
        execute: makes an execution of a stored run; raises UnknownFunctionError.
        dispatch: passes on what a commit caused.
        draining: whether no new work may be begun.
    """

    store: Store
    bodies: Bodies
    execute: Callable[[StoredRun], Execution]
    dispatch: Callable[[Checkpoint, Appended], None]
    draining: Callable[[], bool]
    now_ms: Callable[[], int]
    sleep_until: Callable[[int], Awaitable[None]]


class Driver:
    """One run while something happens to it.

    `stored` is what is known of the run; its unconsumed deliveries are taken first. `allowed` says how many turns and
    bodies it may have in progress, None for any number.

    Attributes:
        in_flight: the bodies in progress.
        started_at_ms: when each of them began.
    """

    def __init__(self, outside: Outside, stored: StoredRun, allowed: Pass | None = None) -> None:
        self.run_id = stored.row.run_id
        self.in_flight: dict[StepKey, asyncio.Task[None]] = {}
        self.started_at_ms: dict[StepKey, int] = {}
        self._outside = outside
        self._pass = allowed
        self._inputs: list[tuple[int | None, Input]] = []
        self._seen: set[int] = set()
        self._wake = asyncio.Event()
        self._awake_since_ms = 0
        self._alarm = Alarm(outside.sleep_until, self._wake.set)
        self._begin(stored)

    @property
    def function_id(self) -> str:
        """What it is a run of."""
        return self._execution.row.function_id

    @property
    def is_finished(self) -> bool:
        """The run has ended: there is no need to remember it."""
        return self._status in ENDED

    def deliver(self, delivery: Delivery) -> None:
        """Take a signal; twice the same is once."""
        if delivery.number not in self._seen:
            self._seen.add(delivery.number)
            self._inputs.append((delivery.number, delivery.signal))
            self._wake.set()

    def wake_up(self) -> None:
        """More may be begun than before."""
        self._wake.set()

    async def drive(self) -> None:
        """Go on until there is nothing to do but wait, or the run has ended and its bodies, too."""
        self._awake_since_ms = self._outside.now_ms()
        while self._inputs or self.in_flight or self._can_begin():
            if not self._inputs and not self._can_begin():
                self._wake.clear()
                await self._wake.wait()
            await self._react()

    def close(self) -> None:
        """Give the live handler up, and what bodies are still in progress."""
        self._execution.close()
        self._alarm.set(None)
        for task in self.in_flight.values():
            task.cancel()

    def _begin(self, stored: StoredRun) -> None:
        self._execution = self._outside.execute(stored)
        self._status = stored.row.status
        for delivery in stored.deliveries:
            self.deliver(delivery)

    def _can_begin(self) -> bool:
        """Whether a turn is due, or a body that had to wait, and there is room for it."""
        execution, allowed = self._execution, self._pass
        if allowed is None:
            return execution.is_due
        due = execution.is_due or (execution.to_start and not self._outside.draining())
        return bool(due) and allowed.has_spare(len(self.in_flight))

    async def _react(self) -> None:
        if self._execution.needs_history:
            await self._reload()
        execution, inputs = self._execution, self._inputs
        self._inputs = []
        if self.is_finished:
            return
        for number, happened in inputs:
            execution.take(happened)
            if number is not None:
                execution.draft.consumed.append(number)
        if self._pass is None or not execution.is_due or self._pass.has_spare(len(self.in_flight)):
            if self._pass is not None and self._pass.unstored is not None:
                await self._store_start(self._pass, self._pass.unstored)
            execution.go_on()
        starting = self._to_start(execution)
        is_busy = bool(starting or self.in_flight or execution.to_start or execution.is_due)  # some may have to wait
        status = execution.state.end or (RunStatus.RUNNING if is_busy else RunStatus.WAITING)
        due = execution.draft.must_commit or (status is not RunStatus.RUNNING and not execution.draft.is_empty)
        if due and not self._may_wait(execution, status) and not await self._commit(execution, status):
            return
        if not self._outside.draining():
            for asked, command in starting:
                self._start_body(asked, command)
        if self._pass is not None:
            wanted = 0 if self._outside.draining() else len(execution.to_start) + execution.is_due
            self._pass.settle(len(self.in_flight), wanted)

    async def _store_start(self, allowed: Pass, place: Place) -> None:
        """A throttle's start is stored before the first turn: after a crash it must not be given to another run."""
        await self._patiently(partial(self._outside.store.hold, self.run_id, place))
        allowed.stored()

    def _may_wait(self, execution: Execution, status: RunStatus) -> bool:
        """Whether the results of finished steps may stay uncommitted for a while, as the spec allows."""
        options = execution.checkpointing
        if options is None or status is not RunStatus.RUNNING or self._outside.draining():
            return False
        held = execution.draft.held
        if held is None:
            return False
        due_at_ms = hold_until_ms(options, *held, self._awake_since_ms)
        if due_at_ms <= self._outside.now_ms():
            return False
        self._alarm.set(due_at_ms)
        return True

    def _to_start(self, execution: Execution) -> list[tuple[Asked, RunBody]]:
        """Bodies due at one time start in the order in which the handler asked for them, kept or replayed."""
        asked, execution.to_start = execution.to_start, []
        if len(asked) > 1:
            asked.sort(key=attrgetter("position"))
        found = [
            (one, one.command)
            for one in asked
            if isinstance(one.command, RunBody) and one.command.key not in self.in_flight
        ]
        if self._pass is not None:
            room = self._pass.take(len(self.in_flight), len(found))
            execution.to_start = [one for one, _ in found[room:]]
            found = found[:room]
        return found

    async def _commit(self, execution: Execution, status: RunStatus) -> bool:
        checkpoint = execution.draft.checkpoint(None if status is self._status else status)
        try:
            appended = await self._patiently(partial(self._outside.store.commit, checkpoint))
        except StaleCheckpointError:
            _logger.warning("run %s went on elsewhere; reading it again", self.run_id)
            await self._reload()
            return False
        self._status = status
        self._alarm.set(None)
        execution.committed()
        self._seen.difference_update(checkpoint.consumed)
        self._outside.dispatch(checkpoint, appended)
        return True

    async def _reload(self) -> None:
        """Start over from what the store has; what was taken and not committed is taken again."""
        self._execution.close()
        stored = await self._patiently(partial(self._outside.store.load_run, self.run_id))
        if stored is None:
            raise StoreError(f"run {self.run_id} is gone from the store")
        self._seen = {number for number, _ in self._inputs if number is not None}
        self._begin(stored)

    def _patiently(self, call: Callable[[], Awaitable[_T]]) -> Awaitable[_T]:
        return patiently(f"run {self.run_id}", call, self._outside.draining)

    def _start_body(self, asked: Asked, command: RunBody) -> None:
        attempt = self._execution.failed_attempts(command.key)
        self.started_at_ms[command.key] = self._outside.now_ms()
        name = f"{self.run_id} {command.key}"
        self.in_flight[command.key] = asyncio.create_task(self._attempt(asked, command, attempt), name=name)

    async def _attempt(self, asked: Asked, command: RunBody, attempt: int) -> None:
        try:
            ended = await self._outside.bodies.attempt(asked, command, attempt, self.run_id)
            self._inputs.append((None, ended))
        finally:
            del self.in_flight[command.key], self.started_at_ms[command.key]
            self._wake.set()
