"""The queue agrees with a model that looks at everything each time: who may go, goes; nobody goes who may not.

Random runs arrive, ask for more places, rest, end and are cancelled, while time passes, functions are paused and the
process is killed and started again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unittest import mock

import pytest
from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep.core.lanes import Ticket
from surestep.core.policies.queueing import Queueing
from surestep.core.queue import Queue
from surestep_dsl.flow import Concurrency, FunctionOptions, Throttle

_OPTIONS = {
    "steps": FunctionOptions("steps", concurrency=(Concurrency(2),)),
    "keys": FunctionOptions("keys", concurrency=(Concurrency(3), Concurrency(1, key="k"))),
    "runs": FunctionOptions("runs", concurrency=(Concurrency(2, key="k", per="run"), Concurrency(1))),
    "pace": FunctionOptions("pace", throttle=Throttle(2, 1_000, burst=2), concurrency=(Concurrency(2, per="run"),)),
    "shared": FunctionOptions("shared", concurrency=(Concurrency(1, key="k", scope="app"),)),
    "looser": FunctionOptions("looser", concurrency=(Concurrency(2, key="k", scope="app"),)),
}


def _queueing(function_id: str, key: str, position_ms: int) -> Queueing:
    options = _OPTIONS[function_id]
    groups = tuple(
        f"app {key}" if rule.scope == "app" else f"{function_id} {at} {key if rule.key else ''}"
        for at, rule in enumerate(options.concurrency)
    )
    return Queueing(position_ms, f"pace {key}" if options.throttle else None, groups)


@dataclass
class Run:
    """What the model knows of a run: what it holds and wants is looked up, never counted along."""

    ticket: Ticket
    function_id: str
    queueing: Queueing
    begun: bool = False
    held: int = 0
    wanted: int = 0

    @property
    def needs(self) -> Iterator[tuple[str, Concurrency]]:
        yield from zip(self.queueing.concurrency, _OPTIONS[self.function_id].concurrency, strict=True)

    @property
    def counts_steps(self) -> bool:
        return any(rule.per == "step" for _, rule in self.needs)


class Model:
    """Applies calls to the queue, and checks what it does."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.alarm: int | None = None
        self.runs: dict[str, Run] = {}
        self.starts: dict[str, list[int]] = {}
        self.paused: set[str] = set()
        self.paces: dict[str, int] = {}
        self.queue = Queue(_OPTIONS, self._granted, self._set_alarm)

    def _set_alarm(self, at_ms: int | None) -> None:
        self.alarm = at_ms

    def _granted(self, ticket: Ticket) -> None:
        self._note(self.runs[ticket.run_id])

    def _note(self, run: Run) -> None:
        """Take over what a run has got, and hold it against the limits."""
        if run.ticket.has_begun and not run.begun:
            run.begun = True
            assert run.function_id not in self.paused, "a paused function begins a run"
            if run.queueing.throttle is not None:
                self.starts.setdefault(run.queueing.throttle, []).append(self.now_ms)
                assert run.ticket.mark is not None, "a start that would not be stored"
                self.paces[run.queueing.throttle] = run.ticket.mark[2]
        assert run.ticket.held <= run.held + run.wanted, "more than was asked for"
        run.wanted -= run.ticket.held - run.held if run.counts_steps else run.wanted
        run.held = run.ticket.held

    def in_use(self, group: str) -> int:
        return sum(
            run.begun if rule.per == "run" else run.held
            for run in self.runs.values()
            for name, rule in run.needs
            if name == group
        )

    def may_go(self, run: Run) -> bool:
        """Whether a run that wants something could have it now."""
        if not run.begun and run.function_id in self.paused:
            return False
        throttle = _OPTIONS[run.function_id].throttle
        if not run.begun and throttle is not None and run.queueing.throttle is not None:
            tat = 0
            for at_ms in self.starts.get(run.queueing.throttle, []):
                tat = max(tat, at_ms) + 500
            if tat - 500 > self.now_ms:
                return False
        counted = ((name, rule) for name, rule in run.needs if rule.per == "step" or not run.begun)
        return all(self.in_use(name) < rule.limit for name, rule in counted)

    def check(self) -> None:
        self.pass_time(self.now_ms)  # whoever is to go on at once
        for run in self.runs.values():
            self._note(run)
        for run in self.runs.values():
            assert not (run.wanted and self.may_go(run)), f"{run} waits although it may go"
        for starts in self.starts.values():
            for at, start in enumerate(starts[2:]):
                assert start - starts[at] >= 500, "three at once"
        for limits in ((name, rule) for run in self.runs.values() for name, rule in run.needs):
            if limits[0].startswith("app"):
                continue
            assert self.in_use(limits[0]) <= limits[1].limit
        shared = {name for run in self.runs.values() for name, _ in run.needs if name.startswith("app")}
        assert all(self.in_use(name) <= 2 for name in shared)

    def arrive(self, number: int, function_id: str, key: str, priority: int) -> None:
        run_id = f"r{number:03}"
        queueing = _queueing(function_id, key, number - priority)
        run = self.runs[run_id] = Run(self.queue.enter(run_id, function_id, queueing), function_id, queueing, wanted=1)
        self.queue.ask(run.ticket, self.now_ms)

    def want_more(self, run: Run, places: int) -> None:
        if run.begun and run.counts_steps:
            run.wanted = places
            self.queue.adjust(run.ticket, run.held, places, self.now_ms)

    def rest(self, run: Run) -> None:
        if run.begun and not run.wanted:
            run.held = 0
            self.queue.rest(run.ticket, self.now_ms)

    def end(self, run: Run) -> None:
        del self.runs[run.ticket.run_id]
        self.queue.leave(run.ticket, self.now_ms)

    def pass_time(self, until_ms: int) -> None:
        while self.alarm is not None and self.alarm <= until_ms:
            self.now_ms = max(self.now_ms, self.alarm)
            self.queue.ring(self.now_ms)
        self.now_ms = until_ms

    def restart(self) -> None:
        """A new queue is told what is stored: who has begun, how far throttles are, what is paused."""
        self.alarm = None
        self.queue = Queue(_OPTIONS, self._granted, self._set_alarm)
        for function_id in self.paused:
            self.queue.pause(function_id)
        for name, pace_us in self.paces.items():
            self.queue.set_pace(name, pace_us)
        for run_id, run in self.runs.items():
            run.ticket = self.queue.enter(run_id, run.function_id, run.queueing, has_begun=run.begun)
            run.held, run.wanted = 0, int(run.held + run.wanted > 0)
        for run in list(self.runs.values()):
            if run.wanted:
                self.queue.ask(run.ticket, self.now_ms)

    def switch(self, function_id: str) -> None:
        if function_id in self.paused:
            self.paused.remove(function_id)
            self.queue.resume(function_id, self.now_ms)
        else:
            self.paused.add(function_id)
            self.queue.pause(function_id)


def _calls(functions: Sequence[str]) -> st.SearchStrategy[list[tuple[object, ...]]]:
    calls = st.one_of(
        st.tuples(st.just("arrive"), st.sampled_from(functions), st.sampled_from("ab"), st.integers(0, 9)),
        st.tuples(st.just("more"), st.integers(0, 30), st.integers(0, 3)),
        st.tuples(st.sampled_from(["rest", "end", "end"]), st.integers(0, 30)),
        st.tuples(st.just("time"), st.integers(0, 900)),
        st.tuples(st.just("pause"), st.sampled_from(functions)),
        st.tuples(st.just("restart")),
    )
    return st.lists(calls, min_size=20, max_size=60)


@pytest.mark.parametrize("functions", [tuple(_OPTIONS), ("pace",), ("shared", "looser")], ids=" ".join)
@settings(max_examples=enough(100), deadline=None)
@given(data=st.data())
def test_who_may_go_goes_and_limits_hold_at_every_moment(functions: tuple[str, ...], data: st.DataObject) -> None:
    calls = data.draw(_calls(functions))
    with mock.patch("surestep.core.queue._SERVED_AT_ONCE", data.draw(st.sampled_from([1, 2, 1_000]))):
        _live(calls)


def _live(calls: list[tuple[object, ...]]) -> None:
    model = Model()
    for number, call in enumerate(calls):
        live = list(model.runs.values())
        match call:
            case ("arrive", str(function_id), str(key), int(priority)):
                model.arrive(number, function_id, key, priority)
            case ("more", int(which), int(places)) if live:
                model.want_more(live[which % len(live)], places)
            case ("rest", int(which)) if live:
                model.rest(live[which % len(live)])
            case ("end", int(which)) if live:
                model.end(live[which % len(live)])
            case ("time", int(duration_ms)):
                model.pass_time(model.now_ms + duration_ms)
            case ("pause", str(function_id)):
                model.switch(function_id)
            case ("restart",):
                model.restart()
            case _:
                continue  # nobody is there
        model.check()
    for run in list(model.runs.values()):
        model.end(run)
    assert all(group.in_use == 0 and group.users == 0 for group in model.queue._groups.values())
    assert not model.queue._lanes


@settings(max_examples=enough(100), deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), min_size=1, max_size=30))
def test_of_one_key_the_first_in_line_goes_first_and_keys_take_turns(arrivals: list[tuple[str, int]]) -> None:
    gone: list[str] = []
    queue = Queue(_OPTIONS, lambda ticket: gone.append(ticket.run_id), lambda _: None)
    keys: dict[str, tuple[int, str]] = {}
    blocker = queue.enter("r", "shared", _queueing("shared", "x", 0))
    assert queue.ask(blocker, 0)
    tickets = {}
    for number, (key, position) in enumerate(arrivals):
        run_id = f"r{number:03}"
        groups = ("app x", f"keys 1 {key}")
        tickets[run_id] = queue.enter(run_id, "keys", Queueing(position, None, groups))
        keys[run_id] = (position, key)
    queue._groups["app x"].in_use = 3  # as if two more were taken
    for ticket in tickets.values():
        assert not queue.ask(ticket, 0)
    while len(gone) < len(tickets):
        queue.rest(blocker if not gone else tickets[gone[-1]], 0)
    for key in "abc":
        mine = [run_id for run_id in gone if keys[run_id][1] == key]
        assert mine == sorted(mine, key=lambda run_id: (keys[run_id][0], run_id))
    for at in range(len(gone) - 1):
        waiting = {keys[run_id][1] for run_id in gone[at:]}
        assert len({keys[run_id][1] for run_id in gone[at : at + len(waiting)]}) == len(waiting), "a key is passed over"
