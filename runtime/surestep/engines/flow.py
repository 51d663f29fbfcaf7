"""Flow control of one engine: the queue of its runs, kept in step with the store and the clock."""

import heapq
import math
from collections.abc import Callable, Iterable, Mapping

from typing_extensions import override

from surestep.authoring.registry import BoundFunction
from surestep.core.lanes import Ticket
from surestep.core.policies.order import Place
from surestep.core.policies.pause import PauseMode
from surestep.core.policies.priority import position_ms
from surestep.core.policies.queueing import Queueing
from surestep.core.queue import Queue
from surestep.core.signals import Signal
from surestep.engines.alarm import Alarm
from surestep.engines.clock import Clock
from surestep.engines.flow_api import FlowApi, Hold, QueueList, QueueRow
from surestep.engines.holds import count_lanes, hold_of, lane_row, put_off, put_off_row
from surestep.engines.roles import ends_run
from surestep.storage.port import RunRow, Store, StoredRun

__all__ = ["Flow", "Pass"]


class Pass:
    """What a run that flow control counts may use at the moment."""

    __slots__ = ("_now_ms", "_queue", "ticket")

    def __init__(self, queue: Queue, ticket: Ticket, now_ms: Callable[[], int]) -> None:
        self._queue = queue
        self._now_ms = now_ms
        self.ticket = ticket

    def has_spare(self, used: int) -> bool:
        """Whether one more turn or body may begin beside those in progress."""
        return self.ticket.spare(used) > 0

    def take(self, used: int, wanted: int) -> int:
        """How many of the bodies that are due may begin."""
        return min(wanted, self.ticket.spare(used))

    def settle(self, used: int, wanted: int) -> None:
        """Give back what is not needed, or ask for what is missing."""
        self._queue.adjust(self.ticket, used, wanted, self._now_ms())

    @property
    def unstored(self) -> Place | None:
        """The start that the run has taken of a throttle, until it is `stored`."""
        mark = self.ticket.mark
        return None if mark is None else Place(*mark)

    def stored(self, _: None) -> None:
        """It is."""
        self.ticket.mark = None


class Flow(FlowApi):
    """Says which runs may go on.

    Args:
        let_go: told of a run that has waited and may go on.
        count_backlog: how many runs may go on and wait for the engine.

    Attributes:
        queue: all live runs that are counted.
        paused: functions that begin no runs, each with what happens to events meanwhile.
    """

    def __init__(
        self,
        functions: Mapping[str, BoundFunction],
        store: Store,
        clock: Clock,
        let_go: Callable[[str], None],
        count_backlog: Callable[[], int],
    ) -> None:
        self._store = store
        self._clock = clock
        self._count_backlog = count_backlog
        self._alarm = Alarm(clock.sleep_until, self._ring)
        self._options = {function_id: bound.function.options for function_id, bound in functions.items()}
        self.queue = Queue(self._options, lambda ticket: let_go(ticket.run_id), self._alarm.set)
        self.paused: dict[str, PauseMode] = {}
        self._told: frozenset[str] = frozenset()

    async def begin(self) -> None:
        """Go on from what the store says."""
        state = await self._store.load_queue(self._clock.now_ms())
        self.paused = dict(state.paused)
        for function_id in self.paused:
            self.queue.pause(function_id)
        for name, pace_us in state.paces:
            self.queue.set_pace(name, pace_us)
        for run in state.runs:
            self.queue.enter(run.run_id, run.function_id, run.queueing, has_begun=run.has_begun)
        self._told = frozenset(run.run_id for run in state.runs if run.has_signals)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._alarm.set(None)

    @property
    def is_resting(self) -> bool:
        """Nothing may go on before time passes."""
        due_at_ms = self._alarm.due_at_ms
        return due_at_ms is None or due_at_ms > self._clock.now_ms()

    def ticket_of(self, run: RunRow, *, has_begun: bool) -> Ticket | None:
        """A run that has to ask before it goes on is taken note of; None for any other."""
        ticket = self.queue.ticket(run.run_id)
        if ticket is not None:
            return ticket
        queueing = run.queueing
        if queueing is None:
            if has_begun or run.function_id not in self.paused:
                return None
            queueing = Queueing(position_ms(run.created_at_ms, 0))
        return self.queue.enter(run.run_id, run.function_id, queueing, has_begun=has_begun)

    def lets(self, ticket: Ticket | None, told: Iterable[Signal] = ()) -> bool:
        """Whether a run may go on now; otherwise `let_go` will tell. One that is told to end needs no place."""
        if ticket is None:
            return True
        if any(ends_run(signal, has_begun=ticket.has_begun) for signal in told):
            self.queue.withdraw(ticket)
            return True
        return self.queue.ask(ticket, self._clock.now_ms())

    def takes_up(self, run_id: str) -> bool:
        """Whether a run is to be looked at after a restart: it may go on, or it was told what may be its end."""
        ticket, is_told = self.queue.ticket(run_id), run_id in self._told
        if is_told and ticket is not None and not ticket.has_begun:
            return True  # it takes no turn of a throttle that it may not need
        return self.lets(ticket) or is_told

    def pass_of(self, ticket: Ticket | None) -> Pass | None:
        """For the run's driver."""
        return None if ticket is None else Pass(self.queue, ticket, self._clock.now_ms)

    def rest(self, run_id: str, *, has_ended: bool) -> None:
        """A run has nothing to do, or has ended."""
        ticket = self.queue.ticket(run_id)
        if ticket is None:
            return
        now_ms = self._clock.now_ms()
        if has_ended:
            self.queue.leave(ticket, now_ms)
        else:
            self.queue.rest(ticket, now_ms)

    def explain(self, stored: StoredRun, *, in_backlog: bool) -> Hold | None:
        """Why a run waits; None where flow control does not hold it."""
        waiting = self.queue.explain(stored.row.run_id, self._clock.now_ms())
        if waiting is not None:
            return hold_of(waiting)
        return Hold("capacity") if in_backlog else put_off(stored, self._options.get(stored.row.function_id))

    @override
    async def list_queue(self, *, function_id: str | None = None, limit: int = 50) -> QueueList:
        later = await self._store.list_put_off(function_id, limit)
        counts = count_lanes(self.queue.lanes(), self.paused, function_id)
        backlog = 0 if function_id is not None else self._count_backlog()
        most = heapq.nlargest(limit, counts.items(), key=lambda item: item[1][0])
        now_ms = self._clock.now_ms()
        rows = [lane_row(name, count, lane, now_ms) for (name, _), (count, lane) in most]
        rows += [put_off_row(one, self._options.get(one.function_id)) for one in later.first]
        rows += [QueueRow("", "capacity", None, backlog)] if backlog else []
        rows.sort(key=lambda row: (-row.waiting, row.starts_at_ms or math.inf, row.function_id, row.key or ""))
        known = len(counts) + later.rows + bool(backlog)
        waiting = sum(count for count, _ in counts.values()) + later.runs + backlog
        return QueueList(tuple(rows[:limit]), max(known - limit, 0), waiting)

    @override
    def knows(self, function_id: str) -> bool:
        return function_id in self._options

    @override
    async def pause(self, function_id: str, mode: PauseMode) -> bool:
        if function_id not in self._options:
            return False
        await self._store.set_pause(function_id, mode)
        self.paused[function_id] = mode
        self.queue.pause(function_id)
        return True

    @override
    async def resume(self, function_id: str) -> bool:
        if function_id not in self._options:
            return False
        await self._store.set_pause(function_id, None)
        self.paused.pop(function_id, None)
        self.queue.resume(function_id, self._clock.now_ms())
        return True

    def _ring(self) -> None:
        self.queue.ring(self._clock.now_ms())
