"""The queue of runs that wait for a place, in memory.

What a run needs are groups: of concurrency, with places that are given back; of a throttle, with a pace; and its
function, which may be paused. Runs with equal needs stand in one lane, in order of their position. A lane whose first
run cannot go is parked at one group that holds it up, and looked at again when that group has room: so the cost of a
start does not depend on how many others wait. Lanes at a group take turns: a long lane does not starve a short one.

Of these, no more go than may, and none waits that may go: a group never has room while a lane is parked at it, unless
an alarm is set for this instant, since many were to be served at once.

Nothing here knows a clock, a store or a loop. Whoever is let go later is told through `grant`.
"""

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from surestep.core.lanes import Group, Lane, Need, Ticket
from surestep.core.policies.admission import Admit, Defer
from surestep.core.policies.groups import group_name
from surestep.core.policies.pause import Unpaused
from surestep.core.policies.queueing import Queueing
from surestep.core.waiting import Waiting, waiting_of
from surestep_dsl.flow import Concurrency, FunctionOptions, Throttle

__all__ = ["Queue"]

_SWEEP_MIN: Final = 1_024
"""Groups that are at rest are forgotten when there are twice as many groups as were left the last time."""

_SERVED_AT_ONCE: Final = 1_000
"""Others, such as bodies that have ended, come to their turn before more are served: that many take some 10 ms."""

_UNPAUSED: Final = Unpaused()


class Queue:
    """All live runs that flow control counts.

    Args:
        functions: the options of all functions, by id.
        grant: told of a run that may go on, when it did not get a place at once.
        set_alarm: `ring` is to be called at this instant; None for never.
    """

    def __init__(
        self,
        functions: Mapping[str, FunctionOptions],
        grant: Callable[[Ticket], None],
        set_alarm: Callable[[int | None], None],
    ) -> None:
        self._functions = functions
        self._grant = grant
        self._set_alarm = set_alarm
        self._groups: dict[str, Group] = {}
        self._lanes: dict[tuple[object, ...], Lane] = {}
        self._tickets: dict[str, Ticket] = {}
        self._alarms: list[tuple[int, str]] = []
        self._numbers = itertools.count()
        self._sweep_at = _SWEEP_MIN

    def ticket(self, run_id: str) -> Ticket | None:
        """What is known of a run; None where nothing counts it."""
        return self._tickets.get(run_id)

    def enter(self, run_id: str, function_id: str, queueing: Queueing, *, has_begun: bool = False) -> Ticket:
        """Take note of a run; one that had begun before a restart takes the places of whole runs again."""
        lane = self._lane(function_id, queueing)
        lane.users += 1
        ticket = self._tickets[run_id] = Ticket(run_id, queueing.position_ms, lane)
        if has_begun:
            for need in lane.needs:
                need.group.in_use += need.is_run
            self._begin(ticket)
        return ticket

    def ask(self, ticket: Ticket, now_ms: int) -> bool:
        """Whether a run may go on now; otherwise it waits, and `grant` tells when it may."""
        if ticket.spare(0) > 0:
            return True
        return not ticket.asked and self._ask(ticket, now_ms)

    def adjust(self, ticket: Ticket, used: int, wanted: int, now_ms: int) -> None:
        """A run uses so many places and wants so many more: give others back, or ask for them."""
        if not ticket.lane.counts_steps or ticket.first is None:
            return
        spare = ticket.held - used
        if (surplus := ticket.asked - max(wanted - spare, 0)) >= 0:
            self.withdraw(ticket, surplus)
        if spare > wanted:
            self._release(ticket, spare - wanted, now_ms)
        got = False
        for _ in range(wanted - spare - ticket.asked):
            got = self._ask(ticket, now_ms) or got
        if got:
            self._grant(ticket)

    def rest(self, ticket: Ticket, now_ms: int) -> None:
        """A run has nothing to do for now; if it waits, it goes on waiting."""
        self._release(ticket, ticket.held, now_ms)

    def leave(self, ticket: Ticket, now_ms: int) -> None:
        """A run has ended."""
        del self._tickets[ticket.run_id]
        self.withdraw(ticket)
        self._release(ticket, ticket.held, now_ms)
        if ticket.first is not None:
            freed = [need.group for need in ticket.first.needs if need.is_run]
            for group in freed:
                group.in_use -= 1
            for group in freed:
                self._serve(group, now_ms)
            self._drop_user(ticket.first)
        self._drop_user(ticket.lane)
        self._forget(now_ms)

    def withdraw(self, ticket: Ticket, places: int | None = None) -> None:
        """A run waits for so many places no longer, or for none; what it holds it keeps."""
        lane = ticket.lane
        places = ticket.asked if places is None else places
        lane.waiting -= places
        ticket.asked -= places
        if not lane.waiting:
            self._unpark(lane)
            lane.heap.clear()

    def ring(self, now_ms: int) -> None:
        """Time has passed, or the clock was set back: let those begin whose throttle has room."""
        is_set_back = bool(self._alarms) and self._alarms[0][0] > now_ms  # all throttles open at other instants then
        due: list[tuple[int, str]] = []
        while self._alarms and (is_set_back or self._alarms[0][0] <= now_ms):
            due.append(heapq.heappop(self._alarms))
        for due_at_ms, name in due:  # what is left for later by this is due at once, and not part of it
            group = self._groups.get(name)
            if group is not None and group.opens_at_ms == due_at_ms:
                group.opens_at_ms = None
                self._serve(group, now_ms)
        self._set_alarm(self._alarms[0][0] if self._alarms else None)

    def set_pace(self, name: str, pace_us: int) -> None:
        """What a throttle had come to before a restart."""
        group = self._group(name)
        group.pace_us = max(group.pace_us, pace_us)

    def pause(self, function_id: str) -> None:
        """Let no run of a function begin."""
        self._group(group_name("pause", function_id)).is_paused = True

    def resume(self, function_id: str, now_ms: int) -> None:
        """Let its runs begin again."""
        group = self._group(group_name("pause", function_id))
        group.is_paused = False
        self._serve(group, now_ms)

    def explain(self, run_id: str, now_ms: int) -> Waiting | None:
        """Why a run waits; None where it does not wait here."""
        ticket = self._tickets.get(run_id)
        if ticket is None or not ticket.asked:
            return None
        return waiting_of(ticket.lane, ticket.lane.position_of(ticket), now_ms)

    def lanes(self) -> Iterator[Lane]:
        """All lanes in which somebody waits."""
        return (lane for lane in self._lanes.values() if lane.parked_at is not None)

    def _ask(self, ticket: Ticket, now_ms: int) -> bool:
        lane = ticket.lane
        if not lane.waiting:
            blocked = lane.blocked_at(now_ms)
            if blocked is None:
                self._take(ticket, now_ms)
                return True
            self._park(lane, *blocked)
        lane.push(ticket, next(self._numbers))
        return False

    def _take(self, ticket: Ticket, now_ms: int) -> None:
        """Take a place in each group that the run needs."""
        for need in ticket.lane.needs:
            match need.rule:
                case Concurrency():
                    need.group.in_use += 1
                case Throttle():
                    answer = need.group.ask(need.rule, now_ms)
                    assert isinstance(answer, Admit)  # noqa: S101 -- its caller has asked
                    need.group.pace_us = answer.mark
                    ticket.mark = (need.group.name, answer.until_ms or 0, answer.mark)
                case Unpaused():
                    continue
        ticket.held += ticket.lane.counts_steps
        if ticket.first is None:
            self._begin(ticket)

    def _begin(self, ticket: Ticket) -> None:
        first = ticket.first = ticket.lane
        steps = [need for need in first.needs if need.is_step]
        key = (*first.key, "onward") if steps else (first.function_id,)  # who needs nothing more shares a lane
        lane = self._lanes.get(key) or self._add_lane(key, first.function_id, tuple(steps))
        lane.users += 1
        ticket.lane = lane

    def _release(self, ticket: Ticket, places: int, now_ms: int) -> None:
        if not places:
            return
        ticket.held -= places
        freed = [need.group for need in ticket.lane.needs if need.is_step]
        for group in freed:
            group.in_use -= places
        for group in freed:
            self._serve(group, now_ms)

    def _serve(self, group: Group, now_ms: int) -> None:
        """Let go on who may, a lane at a time; the strictest limits first, which are the hardest to meet."""
        served = 0
        for limit in sorted(group.parked) if group.parked else ():
            lanes = group.parked[limit]
            while lanes and self._serve_lane(next(iter(lanes)), group, now_ms):
                served += 1
                if served == _SERVED_AT_ONCE:
                    self._expect(group, Defer(now_ms))
                    return

    def _serve_lane(self, lane: Lane, group: Group, now_ms: int) -> bool:
        """Let the first of a lane go on, or find where it is held up now; False where it is at this group."""
        need = lane.parked_at
        blocked = lane.blocked_at(now_ms)
        if need is None or (blocked is not None and blocked[0].group is group):
            self._expect(group, blocked and blocked[1])
            return False
        self._unpark(lane)
        if blocked is not None:
            self._park(lane, *blocked)
            return True
        ticket = lane.pop()
        self._take(ticket, now_ms)
        self._grant(ticket)
        if lane.waiting:
            self._park(lane, need, None)  # its turn comes again after all others
        return True

    def _park(self, lane: Lane, need: Need, answer: Defer | None) -> None:
        lane.parked_at = need
        need.group.parked.setdefault(need.limit, OrderedDict())[lane] = None
        self._expect(need.group, answer)

    def _unpark(self, lane: Lane) -> None:
        need = lane.parked_at
        if need is not None:
            del need.group.parked[need.limit][lane]
            lane.parked_at = None

    def _expect(self, group: Group, answer: Defer | None) -> None:
        """Set an alarm for when a throttle has room."""
        opens_at_ms = None if answer is None else answer.until_ms
        if opens_at_ms is None or group.opens_at_ms == opens_at_ms:
            return
        group.opens_at_ms = opens_at_ms
        heapq.heappush(self._alarms, (opens_at_ms, group.name))
        self._set_alarm(self._alarms[0][0])

    def _lane(self, function_id: str, queueing: Queueing) -> Lane:
        key = (function_id, queueing.throttle, queueing.concurrency)
        lane = self._lanes.get(key)
        if lane is not None:
            return lane
        needs = [Need(self._group(group_name("pause", function_id)), _UNPAUSED)]
        options = self._functions.get(function_id)
        if options is not None:
            if options.throttle is not None and queueing.throttle is not None:
                needs.append(Need(self._group(queueing.throttle), options.throttle))
            counted = zip(options.concurrency, queueing.concurrency, strict=False)  # there may be fewer or more today
            needs += [Need(self._group(name), rule) for rule, name in counted]
        return self._add_lane(key, function_id, tuple(needs))

    def _add_lane(self, key: tuple[object, ...], function_id: str, needs: tuple[Need, ...]) -> Lane:
        lane = self._lanes[key] = Lane(key, function_id, needs)
        for need in needs:
            need.group.users += 1
        return lane

    def _drop_user(self, lane: Lane) -> None:
        lane.users -= 1
        if lane.users == 0:
            del self._lanes[lane.key]
            for need in lane.needs:
                need.group.users -= 1

    def _group(self, name: str) -> Group:
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = Group(name)
        return group

    def _forget(self, now_ms: int) -> None:
        """Let go of groups that are at rest, now and then."""
        if len(self._groups) >= self._sweep_at:
            self._groups = {name: group for name, group in self._groups.items() if not group.is_at_rest(now_ms)}
            self._sweep_at = max(_SWEEP_MIN, 2 * len(self._groups))
