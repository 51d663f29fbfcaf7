"""What follows from an attempt that ended: of a step's body, or of the code between steps."""

from surestep.core.commands import RunBody, StepKey
from surestep.core.decisions import NOTHING, Decision, Moment, Timer, ended
from surestep.core.failures import BodyFailed
from surestep.core.inputs import BodyEnded
from surestep.core.outcomes import Success
from surestep.core.records import RunFailed, SegmentFailed, StepAttemptFailed
from surestep.core.retry import retry_delay_ms
from surestep.core.settling import over_limit, step_failed, step_succeeded
from surestep.core.signals import TimerPurpose
from surestep.core.state import OpenStep, RunState
from surestep_dsl.flow import Retries

__all__ = ["decide_body", "decide_raised", "retry_timer"]


def retry_timer(key: StepKey, step: OpenStep) -> Decision:
    """Set again: the clock was put back after it fired, or nobody knows whether it did."""
    return Decision(timers=(Timer(TimerPurpose.RETRY, step.due_at_ms, key),))


def decide_body(state: RunState, body: BodyEnded, policy: Retries, moment: Moment) -> Decision:
    """Remember the result, try again later, or give the step up."""
    now_ms, asked = moment.now_ms, body.asked
    command = asked.command
    if command.key in state.dropped_steps:
        return NOTHING
    before = state.open_steps.get(command.key)
    failed_attempts = before.failed_attempts if before else 0
    step = OpenStep(asked.position, command.kind, command.fingerprint, body.started_at_ms, now_ms, failed_attempts)
    result = body.result
    match result:
        case Success():
            over = over_limit(state, result.value, moment.limits)
            return ended(RunFailed(now_ms, over) if over else step_succeeded(command.key, step, now_ms, result.value))
        case BodyFailed(error, ends_run=True):
            return ended(RunFailed(now_ms, error))
        case BodyFailed(error, final, retry_after_ms):
            limit = policy.limit if body.retries is None else body.retries
            if final or failed_attempts >= limit:
                return ended(step_failed(command.key, step, now_ms, error))
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
                body.started_at_ms,
                error,
                now_ms + delay_ms,
            )
            return Decision((record,), (Timer(TimerPurpose.RETRY, now_ms + delay_ms, command.key),))


def decide_raised(state: RunState, failure: BodyFailed, stretch: int, policy: Retries, moment: Moment) -> Decision:
    """Run the handler again later, or fail the run. `stretch` is how many memos it had been given."""
    attempt = state.segment_failures.get(stretch, 0)
    if failure.final or attempt >= policy.limit:
        return ended(RunFailed(moment.now_ms, failure.error))
    delay_ms = failure.retry_after_ms
    if delay_ms is None:
        delay_ms = retry_delay_ms(attempt + 1, policy.backoff, moment.uniform)
    due_at_ms = moment.now_ms + delay_ms
    record = SegmentFailed(moment.now_ms, attempt, failure.error, due_at_ms, stretch)
    return Decision((record,), (Timer(TimerPurpose.SEGMENT, due_at_ms),))
