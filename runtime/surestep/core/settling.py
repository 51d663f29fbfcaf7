"""The records that end a step, and the limits on what they hold."""

from surestep.core.asked import Asked
from surestep.core.commands import StepKey
from surestep.core.decisions import RunLimits
from surestep.core.failures import info_of
from surestep.core.records import StepFailed, StepSucceeded
from surestep.core.state import OpenStep, RunState
from surestep.errors import ErrorInfo, LimitError

__all__ = ["fresh_step", "over_limit", "step_failed", "step_succeeded"]


def fresh_step(asked: Asked, now_ms: int) -> OpenStep:
    """A step that began just now."""
    command = asked.command
    return OpenStep(asked.position, command.kind, command.fingerprint, now_ms, now_ms)


def step_succeeded(key: StepKey, step: OpenStep, now_ms: int, value: bytes, detail: str = "") -> StepSucceeded:
    """The record of a step's success; `step` is how far it was."""
    return StepSucceeded(
        now_ms,
        step.position,
        key,
        step.kind,
        step.fingerprint,
        step.failed_attempts + 1,
        step.started_at_ms,
        value,
        detail,
    )


def step_failed(key: StepKey, step: OpenStep, now_ms: int, error: ErrorInfo, reason: str = "StepError") -> StepFailed:
    """The record of a step's final failure; `reason` names the error class that the handler meets."""
    return StepFailed(
        now_ms,
        step.position,
        key,
        step.kind,
        step.fingerprint,
        step.failed_attempts + 1,
        step.started_at_ms,
        error,
        reason,
    )


def over_limit(state: RunState, value: bytes, limits: RunLimits) -> ErrorInfo | None:
    """The error of a result that is too large, by itself or together with the run's others."""
    most, most_in_all = limits.result_bytes, limits.run_bytes
    if len(value) > most:
        return info_of(LimitError(f"a result of {len(value)} bytes is over the limit RESULT_BYTES = {most}"))
    if state.result_bytes + len(value) > most_in_all:
        return info_of(LimitError(f"the run's results are over the limit RUN_BYTES = {most_in_all} in all"))
    return None
