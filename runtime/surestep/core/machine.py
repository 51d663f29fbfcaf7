"""The run machine: what a run does next, as a pure function of what happened.

Theory of operation. A run is its history, a list of records. `state.evolve` folds one record into the state; `decide`
looks at the state and an input and answers with a decision: records to append, and what must happen with them.

                        first turn                    nothing to do but wait
    QUEUED ------------------------------> RUNNING <--------------------------> WAITING
       |                                    |  |  ^          signal                |
       | cancel                   returned  |  |  | release                        | cancel
       v                          or raised |  v  |                                v
    CANCELLED                 COMPLETED, FAILED  BLOCKED (history disagrees) --> CANCELLED

- Records are the only way in which a state changes, so a state can be rebuilt from its history at any time.
- A step body needs no record when it starts: until it ends there is nothing to remember. Sleeps, waits and invokes
  are recorded when asked, because their end comes from outside.
- An input that comes too late (a timer of a settled step, the body of a cancelled run) is decided to nothing.
- A step that was asked and lost a race is recorded as dropped, together with the result that won.
- A blocked run still takes note of what settles its steps; only its handler rests.
- QUEUED, RUNNING and WAITING are not recorded: they follow from whether a turn or a body is due.
"""

from surestep.core.asked import Asked
from surestep.core.commands import StepKey
from surestep.core.decisions import NOTHING, Decision, Moment, Timer, ended
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
from surestep.core.outcomes import Failure, Outcome, Success
from surestep.core.records import (
    RunBlocked,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunReleased,
    RunStarted,
    RunStatus,
)
from surestep.core.retrying import decide_body, decide_raised, retry_timer
from surestep.core.settling import fresh_step, over_limit, step_failed, step_succeeded
from surestep.core.signals import CancelAsked, ChildEnded, EventArrived, ReleaseAsked, TimerDue, TimerPurpose
from surestep.core.starting import decide_asked, decide_passed, start
from surestep.core.state import RunState
from surestep.errors import ErrorInfo
from surestep_dsl.flow import Retries

__all__ = ["decide"]


def decide(state: RunState, happened: Input, policy: Retries, moment: Moment) -> Decision:
    """What a run does about an input.

    Args:
        state: folded from all records so far.
        happened: the input.
        policy: the function's retries.
        moment: time and jitter.
    """
    if state.end is not None and state.end is not RunStatus.BLOCKED:
        return NOTHING
    now_ms = moment.now_ms
    match happened:
        case BodyEnded():
            return decide_body(state, happened, policy, moment)
        case TurnAsked():
            return decide_asked(state, happened.asked, now_ms)
        case TurnPassed(dropped, changes):
            return decide_passed(state, dropped, changes, now_ms)
        case TurnReturned(value):
            over = over_limit(state, value, moment.limits)
            return ended(RunFailed(now_ms, over) if over else RunCompleted(now_ms, value))
        case TurnRaised(failure, stretch):
            return decide_raised(state, failure, stretch, policy, moment)
        case TurnDiverged(error, stretch):
            return ended(RunBlocked(now_ms, error, stretch))
        case RunBegan(code_version, timeout_ms):
            timers = () if timeout_ms is None else (Timer(TimerPurpose.FINISH_TIMEOUT, now_ms + timeout_ms),)
            return Decision((RunStarted(now_ms, code_version),), timers, turn_due=True)
        case EventsSent(asked, ids):
            return _decide_sent(asked, ids, now_ms)
        case Invoked(asked, child_run_id, timeout_ms):
            return start(asked, TimerPurpose.INVOKE, now_ms, now_ms + timeout_ms, child_run_id)
        case CommandRefused(asked, error, reason):
            return ended(step_failed(asked.command.key, fresh_step(asked, now_ms), now_ms, error, reason))
        case TimerDue(purpose, key):
            return _decide_timer(state, purpose, key, moment)
        case EventArrived(key, event_id, event):
            if key not in state.open_steps:  # it has lost a race, or has another event
                return Decision(turn_due=state.end is None, offers_again=True)
            return _settle(state, key, Success(event), moment, event_id)
        case ChildEnded(key, outcome):
            return _settle(state, key, outcome, moment)
        case CancelAsked(reason):
            return ended(RunCancelled(now_ms, reason))
        case ReleaseAsked():
            blocked = state.end is RunStatus.BLOCKED
            return Decision((RunReleased(now_ms),), turn_due=True) if blocked else NOTHING


def _decide_sent(asked: Asked, ids: tuple[str, ...], now_ms: int) -> Decision:
    value = b"[" + b",".join(b'"' + event_id.encode() + b'"' for event_id in ids) + b"]"
    return ended(step_succeeded(asked.command.key, fresh_step(asked, now_ms), now_ms, value))


def _decide_timer(state: RunState, purpose: TimerPurpose, key: StepKey | None, moment: Moment) -> Decision:
    now_ms = moment.now_ms
    match purpose:
        case TimerPurpose.START:
            return NOTHING
        case TimerPurpose.SEGMENT:
            return Decision(turn_due=True)
        case TimerPurpose.START_TIMEOUT:
            return NOTHING if state.started_at_ms is not None else _timed_out("start", now_ms)
        case TimerPurpose.FINISH_TIMEOUT:
            return _timed_out("finish", now_ms)
        case TimerPurpose.RETRY:
            step = state.open_steps.get(key) if key is not None else None
            if key is None or step is None:
                return NOTHING
            return retry_timer(key, step) if step.due_at_ms > now_ms else Decision(retries=(key,))
        case TimerPurpose.SLEEP | TimerPurpose.WAIT:
            return _settle(state, key, Success(b"null"), moment)
        case TimerPurpose.INVOKE:
            error = ErrorInfo("InvokeTimeoutError", "the invoked run did not end in time; it goes on")
            return _settle(state, key, Failure(error, "InvokeTimeoutError"), moment)


def _timed_out(which: str, now_ms: int) -> Decision:
    return ended(RunCancelled(now_ms, f"timeout: the run did not {which} in time (timeouts.{which})"))


def _settle(state: RunState, key: StepKey | None, outcome: Outcome, moment: Moment, detail: str = "") -> Decision:
    now_ms = moment.now_ms
    step = state.open_steps.get(key) if key is not None else None
    if key is None or step is None:
        return NOTHING
    match outcome:
        case Success(value):
            over = over_limit(state, value, moment.limits)
            return ended(RunFailed(now_ms, over) if over else step_succeeded(key, step, now_ms, value, detail))
        case Failure(error, reason):
            return ended(step_failed(key, step, now_ms, error, reason))
