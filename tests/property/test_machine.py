"""`decide` and `evolve` hold for any state and any input, not only for those that engines produce."""

from typing import Any

from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep.core.asked import Asked
from surestep.core.commands import Invoke, RunBody, SendEvents, Sleep, StepKey, WaitForEvent
from surestep.core.decisions import NOTHING, Decision, Moment
from surestep.core.failures import BodyFailed
from surestep.core.inputs import (
    BodyEnded,
    CommandRefused,
    EventsSent,
    Input,
    Invoked,
    RunBegan,
    TurnAsked,
    TurnDiverged,
    TurnPassed,
    TurnRaised,
    TurnReturned,
)
from surestep.core.machine import decide
from surestep.core.outcomes import Failure, Success
from surestep.core.records import ENDED, RunBlocked, RunReleased, RunStatus, StepDropped, StepFailed, StepSucceeded
from surestep.core.signals import CancelAsked, ChildEnded, EventArrived, ReleaseAsked, TimerDue, TimerPurpose
from surestep.core.state import RunState, evolve
from surestep.errors import ErrorInfo
from surestep.limits import WAIT_MAX_MS
from surestep_dsl.flow import Backoff, Retries

KEYS = st.builds(StepKey, st.sampled_from(["a", "b"]), st.integers(0, 1))
TIMES = st.integers(0, 10_000)
WAITS = st.sampled_from([0, 1, 5_000, WAIT_MAX_MS, WAIT_MAX_MS + 1])
ERRORS = st.builds(ErrorInfo, st.just("ValueError"), st.text(max_size=3))
VALUES = st.builds(Success, st.sampled_from([b"null", b"1"]))
OUTCOMES = VALUES | st.builds(Failure, ERRORS, st.sampled_from(["StepError", "InvokeFailedError"]))
FAILED = st.builds(BodyFailed, ERRORS, st.booleans(), st.none() | TIMES, st.booleans())


def _body() -> None: ...


def _encode(_: object) -> bytes:
    return b"null"


BODIES: st.SearchStrategy[Any] = st.builds(RunBody, KEYS, st.just(_body), st.just(_encode))
COMMANDS: st.SearchStrategy[Any] = st.one_of(
    BODIES,
    st.builds(Sleep, KEYS, WAITS),
    st.builds(Sleep, KEYS, st.none(), TIMES),
    st.builds(WaitForEvent, KEYS, st.just("order/paid"), WAITS),
    st.builds(Invoke, KEYS, st.just("f"), st.just(b"{}"), WAITS),
    st.builds(SendEvents, KEYS, st.just(())),
)
ASKED = st.builds(Asked, st.integers(0, 9), COMMANDS)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(RunBegan, st.just("c0de"), st.none() | TIMES),
    st.builds(TurnAsked, st.lists(ASKED, max_size=4, unique_by=lambda one: one.command.key).map(tuple)),
    st.builds(TurnReturned, st.just(b"null")),
    st.builds(TurnRaised, FAILED, st.integers(0, 3)),
    st.builds(TurnDiverged, ERRORS, st.integers(0, 3)),
    st.builds(
        TurnPassed, st.lists(ASKED, max_size=2, unique_by=lambda one: one.command.key).map(tuple), st.just(("change",))
    ),
    st.builds(BodyEnded, st.builds(Asked, st.integers(0, 9), BODIES), TIMES, VALUES | FAILED, st.none() | TIMES),
    st.builds(EventsSent, ASKED, st.lists(st.just("01EVENT"), max_size=2).map(tuple)),
    st.builds(Invoked, ASKED, st.just("01RUN"), WAITS),
    st.builds(CommandRefused, ASKED, ERRORS, st.just("StepError")),
    st.builds(TimerDue, st.sampled_from(TimerPurpose), st.none() | KEYS),
    st.builds(EventArrived, KEYS, st.just("01EVENT"), st.just(b"{}")),
    st.builds(ChildEnded, KEYS, OUTCOMES),
    st.builds(CancelAsked, st.just("no more")),
    st.just(ReleaseAsked()),
)
POLICIES = st.builds(Retries, st.integers(0, 2), st.none() | st.just(Backoff(1_000)))
HISTORIES = st.lists(st.tuples(INPUTS, TIMES), max_size=30)


@given(HISTORIES, POLICIES)
@settings(max_examples=enough(200), deadline=None, derandomize=True)
def test_any_input_is_decided_in_any_state(history: list[tuple[Input, int]], policy: Retries) -> None:
    state = RunState()
    for happened, now_ms in history:
        before = state
        decision = decide(state, happened, policy, Moment(now_ms, 0.5))
        for record in decision.records:
            state = evolve(state, record)
        assert state.seq == before.seq + len(decision.records)
        if before.end in ENDED:
            assert decision == NOTHING
        if before.end is RunStatus.BLOCKED and state.end is None:
            assert [type(record) for record in decision.records] == [RunReleased]
        if state.end in ENDED:
            assert (decision.timers, decision.waiters, decision.commands, decision.bodies) == ((), (), (), ())
        assert all(timer.key is None or timer.key in state.open_steps for timer in decision.timers)
        assert all(timer.due_at_ms <= now_ms + WAIT_MAX_MS for timer in decision.timers)
        ends = (StepSucceeded, StepFailed, StepDropped)
        settled = [record.key for record in decision.records if isinstance(record, ends)]
        assert all(key not in state.open_steps for key in settled)


@given(HISTORIES, POLICIES)
@settings(max_examples=enough(100), deadline=None, derandomize=True)
def test_what_settles_a_step_settles_it_once(history: list[tuple[Input, int]], policy: Retries) -> None:
    """Two signals for one step, such as an event and its timeout: the second changes nothing."""
    state = RunState()
    for happened, now_ms in history:
        if isinstance(happened, TurnDiverged):
            continue
        for record in decide(state, happened, policy, Moment(now_ms)).records:
            state = evolve(state, record)
        if isinstance(happened, EventArrived | ChildEnded):
            again = decide(state, happened, policy, Moment(now_ms))
            offered = isinstance(happened, EventArrived) and state.end not in ENDED
            assert again == (Decision(turn_due=state.end is None, offers_again=True) if offered else NOTHING)


@given(HISTORIES, POLICIES)
@settings(max_examples=enough(100), deadline=None, derandomize=True)
def test_a_blocked_run_starts_nothing(history: list[tuple[Input, int]], policy: Retries) -> None:
    state = evolve(RunState(), RunBlocked(0, ErrorInfo("NonDeterminismError", "changed")))
    for happened, now_ms in history:
        if not isinstance(happened, EventArrived | ChildEnded | CancelAsked | BodyEnded):
            continue
        decision = decide(state, happened, policy, Moment(now_ms))
        for record in decision.records:
            state = evolve(state, record)
        assert (decision.bodies, decision.commands, decision.turn_due) == ((), (), False)
