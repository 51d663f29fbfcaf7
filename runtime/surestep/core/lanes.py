"""What the queue of runs is made of: groups that have room or not, and lanes of runs that need the same groups."""

import heapq
from collections import OrderedDict
from typing import Final, TypeAlias

from surestep.core.policies import concurrency, pause, throttle
from surestep.core.policies.admission import Admit, Defer
from surestep.core.policies.pause import Unpaused
from surestep_dsl.flow import Concurrency, Throttle

__all__ = ["Group", "Lane", "Need", "Rule", "Ticket"]

Rule: TypeAlias = Unpaused | Throttle | Concurrency
"""What a group is asked with. Groups that several functions share are asked with the limit of each."""


class Group:
    """What runs share that count together.

    Attributes:
        in_use: places of concurrency that are taken.
        pace_us: of a throttle.
        is_paused: of a function.
        parked: lanes that wait for room, by limit; whose turn comes first stands first.
        opens_at_ms: when it has room without anybody giving up a place, as far as an alarm is set for it.
        users: how many lanes need it.
    """

    __slots__ = ("in_use", "is_paused", "name", "opens_at_ms", "pace_us", "parked", "users")

    def __init__(self, name: str) -> None:
        self.name = name
        self.in_use = 0
        self.pace_us = 0
        self.is_paused = False
        self.parked: dict[int, OrderedDict[Lane, None]] = {}
        self.opens_at_ms: int | None = None
        self.users = 0

    def ask(self, rule: Rule, now_ms: int) -> Admit | Defer:
        """Whether it has room for one more."""
        match rule:
            case Unpaused():
                return pause.begin(is_paused=self.is_paused)
            case Throttle():
                self.pace_us = throttle.bound_pace(rule, self.pace_us, now_ms)
                return throttle.admit(rule, self.pace_us, now_ms)
            case Concurrency():
                return concurrency.admit(rule, self.in_use)

    def is_at_rest(self, now_ms: int) -> bool:
        """Nothing is lost if it is forgotten."""
        return not (self.users or self.in_use or self.is_paused or self.pace_us > now_ms * 1_000)


class Need:
    """A group that a run needs room in. A place of a whole run is kept to its end, any other until it rests.

    Attributes:
        limit: lanes with another limit wait at a group apart from each other.
        is_step: it counts bodies and turns.
        is_run: it counts runs.
    """

    __slots__ = ("group", "is_run", "is_step", "limit", "rule")

    def __init__(self, group: Group, rule: Rule) -> None:
        self.group: Final = group
        self.rule: Final = rule
        per = rule.per if isinstance(rule, Concurrency) else None
        self.limit: Final = rule.limit if isinstance(rule, Concurrency) else 0
        self.is_step: Final = per == "step"
        self.is_run: Final = per == "run"


class Lane:
    """Runs that need the same groups, in order.

    Attributes:
        needs: in the order in which the groups are asked.
        waiting: how many places are waited for.
        parked_at: the need that holds the first one up; set exactly while somebody waits.
        users: how many runs refer to it.
    """

    __slots__ = ("counts_steps", "function_id", "heap", "key", "needs", "parked_at", "users", "waiting")

    def __init__(self, key: tuple[object, ...], function_id: str, needs: tuple[Need, ...]) -> None:
        self.key: Final = key
        self.function_id: Final = function_id
        self.needs: Final = needs
        self.counts_steps: Final = any(need.is_step for need in needs)
        self.heap: list[tuple[int, str, int, Ticket]] = []
        self.waiting = 0
        self.parked_at: Need | None = None
        self.users = 0

    def blocked_at(self, now_ms: int) -> tuple[Need, Defer] | None:
        """The first need that is not met."""
        for need in self.needs:
            answer = need.group.ask(need.rule, now_ms)
            if isinstance(answer, Defer):
                return need, answer
        return None

    def push(self, ticket: "Ticket", number: int) -> None:
        """Let a run wait for one more place; `number` orders what is otherwise equal."""
        heapq.heappush(self.heap, (ticket.position_ms, ticket.run_id, number, ticket))
        self.waiting += 1
        ticket.asked += 1

    def pop(self) -> "Ticket":
        """The run whose turn it is; somebody waits."""
        while True:
            ticket = heapq.heappop(self.heap)[-1]
            if ticket.asked and ticket.lane is self:  # others have been withdrawn
                ticket.asked -= 1
                self.waiting -= 1
                return ticket

    def position_of(self, ticket: "Ticket") -> int:
        """1 for the one whose turn it is. Looks at all that wait here."""
        mine = (ticket.position_ms, ticket.run_id)
        ahead = {entry[-1] for entry in self.heap if entry[-1].asked and entry[-1].lane is self and entry[:2] < mine}
        return 1 + sum(one.asked for one in ahead)


class Ticket:
    """A live run that flow control counts, as the queue knows it.

    Attributes:
        lane: where it waits: with all its needs until it has begun, then with those of each step.
        first: the lane it has begun from; keeps the places of the whole run.
        held: places for bodies and turns that it has at the moment.
        asked: places that it waits for.
        mark: group, end and mark of the place that its start has taken of a throttle, until that is stored.
    """

    __slots__ = ("asked", "first", "held", "lane", "mark", "position_ms", "run_id")

    def __init__(self, run_id: str, position_ms: int, lane: Lane) -> None:
        self.run_id: Final = run_id
        self.position_ms: Final = position_ms
        self.lane = lane
        self.first: Lane | None = None
        self.held = 0
        self.asked = 0
        self.mark: tuple[str, int, int] | None = None

    @property
    def has_begun(self) -> bool:
        """It has been let through once."""
        return self.first is not None

    def spare(self, used: int) -> int:
        """Places it has beyond those in use; enough of them where nothing counts its steps."""
        if self.first is None:
            return 0
        return self.held - used if self.lane.counts_steps else _PLENTY


_PLENTY: Final = 1 << 30
