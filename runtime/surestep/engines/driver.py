"""Carries one run on: takes what reaches it, commits, and only then acts.

A driver is no task: the event loop calls it when something reaches its run, and again when the store has answered. So
a step costs no switch between tasks but that to its body.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from functools import partial
from typing import TypeVar

from surestep.core.asked import Asked
from surestep.core.inputs import BodyEnded, Input
from surestep.core.records import ENDED, RunStatus
from surestep.engines.alarm import Alarm
from surestep.engines.buffering import hold_until_ms
from surestep.engines.flow import Pass
from surestep.engines.in_flight import InFlight
from surestep.engines.outside import Outside
from surestep.engines.patience import tell_that_stuck
from surestep.engines.tasks import start_task
from surestep.errors import StaleCheckpointError, StoreError
from surestep.storage.answer import Answer
from surestep.storage.port import Appended, Checkpoint, Delivery, StoredRun
from surestep_dsl.flow import Checkpointing

__all__ = ["Driver"]

_T = TypeVar("_T")

_logger = logging.getLogger("surestep.engine")


class Driver:
    """One run while something happens to it.

    Args:
        outside: what it needs of its engine.
        stored: what is known of the run; its unconsumed deliveries are taken first.
        allowed: says how many turns and bodies it may have in progress; None for any number.
        rested: told when there is nothing to do but wait, and when the run has ended, its bodies too.
        context: the handler runs in it, and bodies in copies of it.

    Attributes:
        function_id: what it is a run of.
        in_flight: the bodies in progress.
        has_failed: it cannot go on, for a reason that was logged, or was given up.
    """

    def __init__(
        self,
        outside: Outside,
        stored: StoredRun,
        allowed: Pass | None,
        rested: Callable[["Driver"], None],
        context: Context,
    ) -> None:
        self.run_id = stored.row.run_id
        self.function_id = stored.row.function_id
        self.in_flight = InFlight(self.run_id, self.function_id, outside.bodies, outside.now_ms)
        self.has_failed = False
        self._outside = outside
        self._pass = allowed
        self._rested = rested
        self._context = context
        self._inputs: list[tuple[int | None, Input]] = []
        self._seen: set[int] = set()
        self._is_held = True  # it rests, or the store has been asked and has not answered
        self._is_called = False  # by the loop, soon
        self._asking: asyncio.Task[None] | None = None
        self._awake_since_ms = 0
        self._alarm: Alarm | None = None  # few have one, and who has one is garbage that has to be collected
        self._begin(stored)

    @property
    def is_finished(self) -> bool:
        """The run has ended: there is no need to remember it."""
        return self._status in ENDED

    def deliver(self, delivery: Delivery) -> None:
        """Take a signal; twice the same is once."""
        if delivery.number not in self._seen:
            self._seen.add(delivery.number)
            self._inputs.append((delivery.number, delivery.signal))
            self.wake_up()

    def start(self) -> None:
        """Go on after a rest, or for the first time."""
        self._awake_since_ms = self._outside.now_ms()
        self._is_held = False
        self.wake_up()

    def wake_up(self) -> None:
        """Something has come, or more may be begun than before: go on soon."""
        if not (self._is_held or self._is_called):
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._go_on, context=self._context)

    def give_up(self) -> list[asyncio.Task[None]]:
        """Break off what is in progress, which is returned; nothing of it counts."""
        self._is_held = self.has_failed = True
        broken_off = [*self.in_flight.tasks.values(), *filter(None, [self._asking])]
        for task in broken_off:
            task.cancel()
        return broken_off

    def close(self) -> None:
        """Give the live handler up."""
        self._execution.close()
        if self._alarm is not None:
            self._alarm.set(None)

    def _begin(self, stored: StoredRun) -> None:
        self._execution = self._outside.execute(stored)
        self._checkpointing = self._execution.checkpointing
        self._status = stored.row.status
        for delivery in stored.deliveries:
            self.deliver(delivery)

    def _body_ended(self, ended: BodyEnded | None) -> None:
        """Called within the body's task: the handler goes on in its own context."""
        if ended is None:  # Ctrl-C has broken it off, or `give_up`: the run is taken up at the next start
            self.give_up()
        else:
            self._inputs.append((None, ended))
        if self.in_flight.tasks:
            self.wake_up()  # others may end now, too
        else:
            self._context.run(self._go_on)

    def _go_on(self) -> None:
        self._is_called = False
        if not self._is_held:
            self._react_while(goes_on=True)
        self._rest_if_done()

    def _react_while(self, *, goes_on: bool) -> None:
        try:
            while goes_on:
                goes_on = self._react() and self._has_work()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other runs go on
            self._fail(error)
        except KeyboardInterrupt:  # the program ends; the run is taken up at the next start
            self.give_up()
            self._rest_if_done()
            raise

    def _rest_if_done(self) -> None:
        if not self.in_flight.tasks and (self.has_failed or not self._is_held):
            self._is_held = True
            self._rested(self)

    def _has_work(self) -> bool:
        """Whether something has come, or there is room for a turn that is due, or for a body that had to wait."""
        execution, allowed = self._execution, self._pass
        if self._inputs or allowed is None:
            return bool(self._inputs) or execution.is_due()
        due = execution.is_due() or (execution.to_start and not self._outside.draining())
        return bool(due) and allowed.has_spare(len(self.in_flight.tasks))

    def _react(self) -> bool:
        """Take what has come and do what follows; False while that waits for the store."""
        execution, allowed = self._execution, self._pass
        if execution.needs_history():
            self._ask(self._reload)
            return False
        inputs, self._inputs = self._inputs, []
        if self._status in ENDED:
            return True
        for number, happened in inputs:
            execution.take(happened)
            if number is not None:
                execution.draft.consumed += (number,)
        if allowed is None:
            execution.go_on()
        elif not execution.is_due() or allowed.has_spare(len(self.in_flight.tasks)):
            if allowed.unstored is not None:  # after a crash, the start of a throttle must not be another run's
                hold = partial(self._outside.store.hold, self.run_id, allowed.unstored)
                self._write(hold, allowed.stored)
                return False
            execution.go_on()
        starting = self._to_start() if execution.to_start else []
        is_busy = starting or self.in_flight.tasks or execution.to_start or execution.is_due()  # some may have to wait
        status = execution.state.end or (RunStatus.RUNNING if is_busy else RunStatus.WAITING)
        due = execution.draft.must_commit() or (status is not RunStatus.RUNNING and not execution.draft.is_empty)
        if due and (self._checkpointing is None or not self._may_wait(self._checkpointing, status)):
            self._commit(status, starting)
            return False
        self._start(starting)
        return True

    def _may_wait(self, options: Checkpointing, status: RunStatus) -> bool:
        """Whether the results of finished steps may stay uncommitted for a while, as the spec allows."""
        held = self._execution.draft.held
        if held is None or status is not RunStatus.RUNNING or self._outside.draining():
            return False
        due_at_ms = hold_until_ms(options, *held, self._awake_since_ms)
        if due_at_ms <= self._outside.now_ms():
            return False
        self._alarm = self._alarm or Alarm(self._outside.sleep_until, self.wake_up)
        self._alarm.set(due_at_ms)
        return True

    def _to_start(self) -> list[Asked]:
        """The bodies that are due and have room."""
        execution, bodies = self._execution, self.in_flight
        found = bodies.startable(execution.to_start)
        room = len(found) if self._pass is None else self._pass.take(len(bodies.tasks), len(found))
        execution.to_start = found[room:]
        return found[:room]

    def _start(self, starting: list[Asked]) -> None:
        """Start bodies, and give back the places that are not needed."""
        execution, draining = self._execution, self._outside.draining()
        if not draining:
            for asked in starting:
                self.in_flight.start(asked, execution.failed_attempts(asked.command.key), self._body_ended)
        if self._pass is not None:
            wanted = 0 if draining else len(execution.to_start) + execution.is_due()
            self._pass.settle(len(self.in_flight.tasks), wanted)

    def _commit(self, status: RunStatus, starting: list[Asked]) -> None:
        checkpoint = self._execution.draft.checkpoint(None if status is self._status else status)
        self._write(partial(self._outside.store.commit, checkpoint), partial(self._act, checkpoint, status, starting))

    def _act(self, checkpoint: Checkpoint, status: RunStatus, starting: list[Asked], appended: Appended) -> None:
        """Carry out what a commit allows."""
        self._status = status
        if self._alarm is not None:
            self._alarm.set(None)
        self._execution.committed()
        if checkpoint.consumed:
            self._seen.difference_update(checkpoint.consumed)
        self._outside.dispatch(checkpoint, appended)
        if starting or self._pass is not None:
            self._start(starting)

    def _write(self, call: Callable[[], Awaitable[_T]], act: Callable[[_T], None]) -> None:
        """Have something stored, act on the answer, and go on."""
        self._is_held = True
        answer = call()
        told = answer if isinstance(answer, Answer) else Answer.of(answer)
        told.listen(partial(self._answered, call, act), self._context)

    def _answered(
        self, call: Callable[[], Awaitable[_T]], act: Callable[[_T], None], result: _T, problem: BaseException | None
    ) -> None:
        if self.has_failed:
            return
        if problem is not None:
            self._ask(partial(self._mend, call, act, problem))
            return
        try:
            act(result)
        except Exception as error:  # noqa: BLE001 -- as above
            self._fail(error)
        else:
            self._is_held = False
            self._react_while(goes_on=self._has_work())
        self._rest_if_done()

    async def _mend(self, call: Callable[[], Awaitable[_T]], act: Callable[[_T], None], problem: BaseException) -> None:
        """Try again until it is stored, or go on from what somebody else has stored."""
        if not isinstance(problem, StoreError):
            raise problem
        try:
            answer = await self._outside.ask(self.run_id, call)
        except StaleCheckpointError:
            _logger.warning("run %s went on elsewhere; reading it again", self.run_id)
            await self._reload()
        else:
            act(answer)

    async def _reload(self) -> None:
        """Start over from what the store has; what was taken and not committed is taken again."""
        self._execution.close()
        stored = await self._outside.load(self.run_id)
        self._seen = {number for number, _ in self._inputs if number is not None}
        self._begin(stored)

    def _ask(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let a task talk to the store, and go on when it has ended."""
        self._is_held = True
        self._asking = start_task(self._until_answered(work), f"run {self.run_id}")

    async def _until_answered(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            self._is_held = False
        except Exception as error:  # noqa: BLE001 -- as above
            self._fail(error)
        self._asking = None
        self._context.run(self._go_on)

    def _fail(self, error: Exception) -> None:
        self._is_held = self.has_failed = True
        tell_that_stuck(self.run_id, error)
