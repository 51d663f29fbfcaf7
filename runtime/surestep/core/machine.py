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
- A blocked run still takes note of what settles its steps; only its handler rests.
- QUEUED, RUNNING and WAITING are not recorded: they follow from whether a turn or a body is due.
"""

from dataclasses import dataclass

from surestep.core.asked import Asked
from surestep.core.commands import Invoke, RunBody, SendEvents, Sleep, StepKey, WaitForEvent
from surestep.core.failures import BodyFailed, info_of
from surestep.core.inputs import (
    BodyEnded,
    CommandRefused,
    EventsSent,
    Input,
    Invoked,
    RunBegan,
    TurnAsked,
    TurnDiverged,
    TurnRaised,
    TurnReturned,
)
from surestep.core.outcomes import Failure, Outcome, Success
from surestep.core.records import (
    Record,
    RunBlocked,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunReleased,
    RunStarted,
    RunStatus,
    SegmentFailed,
    StepAttemptFailed,
    StepStarted,
)
from surestep.core.retry import retry_delay_ms
from surestep.core.settling import fresh_step, over_limit, step_failed, step_succeeded
from surestep.core.signals import CancelAsked, ChildEnded, EventArrived, ReleaseAsked, TimerDue, TimerPurpose
from surestep.core.state import OpenStep, RunState
from surestep.errors import ErrorInfo, LimitError
from surestep.limits import WAIT_MAX_MS
from surestep_dsl.flow import Retries

__all__ = ["NOTHING", "Decision", "Moment", "Timer", "decide"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision needs of the world: the time, and a draw from [0, 1) for jitter."""

    now_ms: int
    uniform: float = 0.0


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer to set together with the records."""

    purpose: TimerPurpose
    due_at_ms: int
    key: StepKey | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an input.

    Attributes:
        records: to append.
        timers: to set in the same commit.
        waiters: waits to register in the same commit.
        commands: sends and invokes to carry out in the same commit; the shell answers with a further input.
        bodies: step bodies to start after the commit.
        retries: keys of step bodies whose next attempt is due.
        turn_due: the handler is to be run from its start.
    """

    records: tuple[Record, ...] = ()
    timers: tuple[Timer, ...] = ()
    waiters: tuple[WaitForEvent, ...] = ()
    commands: tuple[Asked, ...] = ()
    bodies: tuple[Asked, ...] = ()
    retries: tuple[StepKey, ...] = ()
    turn_due: bool = False


NOTHING = Decision()


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
            return _decide_body(state, happened, policy, moment)
        case TurnAsked(asked):
            return _decide_asked(state, asked, now_ms)
        case TurnReturned(value):
            over = over_limit(state, value)
            return _ended(RunFailed(now_ms, over) if over else RunCompleted(now_ms, value))
        case TurnRaised(failure, stretch):
            return _decide_raised(state, failure, stretch, policy, moment)
        case TurnDiverged(error):
            return _ended(RunBlocked(now_ms, error))
        case RunBegan(code_version, timeout_ms):
            timers = () if timeout_ms is None else (Timer(TimerPurpose.FINISH_TIMEOUT, now_ms + timeout_ms),)
            return Decision((RunStarted(now_ms, code_version),), timers, turn_due=True)
        case EventsSent(asked, ids):
            return _decide_sent(asked, ids, now_ms)
        case Invoked(asked, child_run_id, timeout_ms):
            return _start(asked, TimerPurpose.INVOKE, now_ms, now_ms + timeout_ms, child_run_id)
        case CommandRefused(asked, error, reason):
            return _ended(step_failed(asked.command.key, fresh_step(asked, now_ms), now_ms, error, reason))
        case TimerDue(purpose, key):
            return _decide_timer(state, purpose, key, now_ms)
        case EventArrived(key, event_id, event):
            return _settle(state, key, Success(event), now_ms, event_id)
        case ChildEnded(key, outcome):
            return _settle(state, key, outcome, now_ms)
        case CancelAsked(reason):
            return _ended(RunCancelled(now_ms, reason))
        case ReleaseAsked():
            blocked = state.end is RunStatus.BLOCKED
            return Decision((RunReleased(now_ms),), turn_due=True) if blocked else NOTHING


def _ended(record: Record) -> Decision:
    return Decision((record,))


def _decide_asked(state: RunState, asked: tuple[Asked, ...], now_ms: int) -> Decision:
    """Start what is new; a replayed handler also asks for what was started long ago."""
    parts: list[Decision] = []
    for one in asked:
        command = one.command
        step = state.open_steps.get(command.key)
        match command:
            case RunBody():
                rests = step is not None and step.due_at_ms > now_ms
                parts.append(_retry_timer(command.key, step) if step and rests else Decision(bodies=(one,)))
            case _ if step is not None:
                continue
            case Sleep(duration_ms=duration_ms, until_ms=until_ms):
                due_at_ms = now_ms + duration_ms if duration_ms is not None else max(until_ms or 0, now_ms)
                parts.append(_start(one, TimerPurpose.SLEEP, now_ms, due_at_ms))
            case WaitForEvent(event_name=event_name, timeout_ms=timeout_ms):
                started = _start(one, TimerPurpose.WAIT, now_ms, now_ms + timeout_ms, event_name)
                parts.append(Decision(started.records, started.timers, (command,)))
            case Invoke(timeout_ms=timeout_ms) if timeout_ms > WAIT_MAX_MS:
                parts.append(_too_long(command.key, now_ms))
            case Invoke() | SendEvents():
                parts.append(Decision(commands=(one,)))
    return _joined(parts)


def _joined(parts: list[Decision]) -> Decision:
    if len(parts) == 1:
        return parts[0]
    failed = [record for part in parts for record in part.records if isinstance(record, RunFailed)]
    if failed:
        return _ended(failed[0])
    return Decision(
        tuple(record for part in parts for record in part.records),
        tuple(timer for part in parts for timer in part.timers),
        tuple(waiter for part in parts for waiter in part.waiters),
        tuple(command for part in parts for command in part.commands),
        tuple(body for part in parts for body in part.bodies),
    )


def _start(asked: Asked, purpose: TimerPurpose, now_ms: int, due_at_ms: int, detail: str = "") -> Decision:
    command = asked.command
    if due_at_ms - now_ms > WAIT_MAX_MS:
        return _too_long(command.key, now_ms)
    record = StepStarted(now_ms, asked.position, command.key, command.kind, command.fingerprint, due_at_ms, detail)
    return Decision((record,), (Timer(purpose, due_at_ms, command.key),))


def _too_long(key: StepKey, now_ms: int) -> Decision:
    error = LimitError(f"step {key.id!r} would wait longer than 366 days (limit WAIT_MAX_MS)")
    return _ended(RunFailed(now_ms, info_of(error)))


def _retry_timer(key: StepKey, step: OpenStep) -> Decision:
    """Set again: the clock was put back after it fired, or nobody knows whether it did."""
    return Decision(timers=(Timer(TimerPurpose.RETRY, step.due_at_ms, key),))


def _decide_body(state: RunState, ended: BodyEnded, policy: Retries, moment: Moment) -> Decision:
    now_ms, asked = moment.now_ms, ended.asked
    command = asked.command
    before = state.open_steps.get(command.key)
    failed_attempts = before.failed_attempts if before else 0
    step = OpenStep(asked.position, command.kind, command.fingerprint, ended.started_at_ms, now_ms, failed_attempts)
    match ended.result:
        case Success(value):
            over = over_limit(state, value)
            return _ended(RunFailed(now_ms, over) if over else step_succeeded(command.key, step, now_ms, value))
        case BodyFailed(error, ends_run=True):
            return _ended(RunFailed(now_ms, error))
        case BodyFailed(error, final, retry_after_ms):
            limit = policy.limit if ended.retries is None else ended.retries
            if final or failed_attempts >= limit:
                return _ended(step_failed(command.key, step, now_ms, error))
            backoff = command.options.backoff if isinstance(command, RunBody) else None
            delay_ms = retry_after_ms
            if delay_ms is None:
                delay_ms = retry_delay_ms(failed_attempts + 1, backoff or policy.backoff, moment.uniform)
            record = StepAttemptFailed(
                now_ms,
                asked.position,
                command.key,
                command.fingerprint,
                failed_attempts,
                ended.started_at_ms,
                error,
                now_ms + delay_ms,
            )
            return Decision((record,), (Timer(TimerPurpose.RETRY, now_ms + delay_ms, command.key),))


def _decide_raised(state: RunState, failure: BodyFailed, stretch: int, policy: Retries, moment: Moment) -> Decision:
    attempt = state.segment_failures.get(stretch, 0)
    if failure.final or attempt >= policy.limit:
        return _ended(RunFailed(moment.now_ms, failure.error))
    delay_ms = failure.retry_after_ms
    if delay_ms is None:
        delay_ms = retry_delay_ms(attempt + 1, policy.backoff, moment.uniform)
    due_at_ms = moment.now_ms + delay_ms
    record = SegmentFailed(moment.now_ms, attempt, failure.error, due_at_ms, stretch)
    return Decision((record,), (Timer(TimerPurpose.SEGMENT, due_at_ms),))


def _decide_sent(asked: Asked, ids: tuple[str, ...], now_ms: int) -> Decision:
    value = b"[" + b",".join(b'"' + event_id.encode() + b'"' for event_id in ids) + b"]"
    return _ended(step_succeeded(asked.command.key, fresh_step(asked, now_ms), now_ms, value))


def _decide_timer(state: RunState, purpose: TimerPurpose, key: StepKey | None, now_ms: int) -> Decision:
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
            return _retry_timer(key, step) if step.due_at_ms > now_ms else Decision(retries=(key,))
        case TimerPurpose.SLEEP | TimerPurpose.WAIT:
            return _settle(state, key, Success(b"null"), now_ms)
        case TimerPurpose.INVOKE:
            error = ErrorInfo("InvokeTimeoutError", "the invoked run did not end in time; it goes on")
            return _settle(state, key, Failure(error, "InvokeTimeoutError"), now_ms)


def _timed_out(which: str, now_ms: int) -> Decision:
    return _ended(RunCancelled(now_ms, f"timeout: the run did not {which} in time (timeouts.{which})"))


def _settle(state: RunState, key: StepKey | None, outcome: Outcome, now_ms: int, detail: str = "") -> Decision:
    step = state.open_steps.get(key) if key is not None else None
    if key is None or step is None:
        return NOTHING
    match outcome:
        case Success(value):
            return _ended(step_succeeded(key, step, now_ms, value, detail))
        case Failure(error, reason):
            return _ended(step_failed(key, step, now_ms, error, reason))
