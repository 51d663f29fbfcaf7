"""The state of a run: what its history has come to. Small, whatever the length of the history."""

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Final

from surestep.core.commands import StepKey, StepKind
from surestep.core.records import (
    ChangeTaken,
    Record,
    RunBlocked,
    RunCancelled,
    RunCompleted,
    RunCopied,
    RunFailed,
    RunReleased,
    RunSkipped,
    RunStarted,
    RunStatus,
    SegmentFailed,
    StepAttemptFailed,
    StepDropped,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from surestep.core.value import value

__all__ = ["OpenStep", "RunState", "evolve"]


@value(frozen=True, slots=True)
class OpenStep:
    """A step that is recorded and has not ended.

    Attributes:
        failed_attempts: attempts of its body so far, all failed.
        due_at_ms: when its timer fires: the end of a sleep, a timeout, the next attempt.
    """

    position: int
    kind: StepKind
    fingerprint: str
    started_at_ms: int
    due_at_ms: int
    failed_attempts: int = 0


_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})


@value(frozen=True, slots=True)
class RunState:
    """What a history has come to.

    Attributes:
        seq: how many records there are.
        end: the status the run ended with, or BLOCKED; None while it lives.
        open_steps: steps recorded and not ended.
        segment_failures: how often the handler has failed in each stretch from one memo to the next.
        segment_due_at_ms: the handler rests until then, after such a failure.
        result_bytes: bytes of all remembered results.
        consumed_events: ids of the events that answered this run's waits, unless these had lost a race.
        dropped_steps: steps that lost a race before they ended.
    """

    seq: int = 0
    started_at_ms: int | None = None
    end: RunStatus | None = None
    open_steps: Mapping[StepKey, OpenStep] = field(default_factory=lambda: _NONE)
    segment_failures: Mapping[int, int] = field(default_factory=lambda: _NONE)
    segment_due_at_ms: int = 0
    result_bytes: int = 0
    consumed_events: Mapping[StepKey, str] = field(default_factory=lambda: _NONE)
    dropped_steps: frozenset[StepKey] = frozenset()


def evolve(state: RunState, record: Record) -> RunState:
    """The state after one more record."""
    seq = state.seq + 1
    match record:
        case StepSucceeded():
            consumed = state.consumed_events
            if record.kind == "wait_for_event" and record.detail:
                consumed = {**consumed, record.key: record.detail}
            return _settled(state, record, len(record.value), consumed)
        case StepFailed():
            size = len(record.error.message) + len(record.error.stack)
            return _settled(state, record, size, state.consumed_events)
        case StepStarted():
            step = OpenStep(record.position, record.kind, record.fingerprint, record.at_ms, record.due_at_ms)
            return replace(state, seq=seq, open_steps={**state.open_steps, record.key: step})
        case StepAttemptFailed():
            step = OpenStep(
                record.position, "run", record.fingerprint, record.started_at_ms, record.retry_at_ms, record.attempt + 1
            )
            return replace(state, seq=seq, open_steps={**state.open_steps, record.key: step})
        case StepDropped():
            return _dropped(state, record.key)
        case ChangeTaken() | RunCopied():
            return replace(state, seq=seq)
        case RunStarted():
            return _moved(state, record.at_ms, state.end)
        case SegmentFailed():
            failures = {**state.segment_failures, record.stretch: record.attempt + 1}
            return replace(state, seq=seq, segment_failures=failures, segment_due_at_ms=record.retry_at_ms)
        case RunCompleted():
            return _moved(state, state.started_at_ms, RunStatus.COMPLETED)
        case RunFailed():
            return _moved(state, state.started_at_ms, RunStatus.FAILED)
        case RunCancelled():
            return _moved(state, state.started_at_ms, RunStatus.CANCELLED)
        case RunBlocked():
            return _moved(state, state.started_at_ms, RunStatus.BLOCKED)
        case RunSkipped():
            return _moved(state, state.started_at_ms, RunStatus.SKIPPED)
        case RunReleased():
            return _moved(state, state.started_at_ms, None)


def _moved(state: RunState, started_at_ms: int | None, end: RunStatus | None) -> RunState:
    return RunState(
        state.seq + 1,
        started_at_ms,
        end,
        state.open_steps,
        state.segment_failures,
        state.segment_due_at_ms,
        state.result_bytes,
        state.consumed_events,
        state.dropped_steps,
    )


def _dropped(state: RunState, key: StepKey) -> RunState:
    """A step has lost a race; an event that it was given may answer another."""
    return replace(
        state,
        seq=state.seq + 1,
        open_steps={other: step for other, step in state.open_steps.items() if other != key},
        consumed_events={other: event_id for other, event_id in state.consumed_events.items() if other != key},
        dropped_steps=state.dropped_steps | {key},
    )


def _settled(
    state: RunState, record: StepSucceeded | StepFailed, size: int, consumed: Mapping[StepKey, str]
) -> RunState:
    open_steps = state.open_steps
    if record.key in open_steps:
        open_steps = {key: step for key, step in open_steps.items() if key != record.key}
    return RunState(
        state.seq + 1,
        state.started_at_ms,
        state.end,
        open_steps,
        state.segment_failures,
        state.segment_due_at_ms,
        state.result_bytes + size,
        consumed,
        state.dropped_steps,
    )
