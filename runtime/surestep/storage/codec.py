"""How records and signals are written down: a kind, a head and a value.

The head is a compact JSON array of the small fields; JSON bytes are the value and kept as they are, so that results are
neither escaped nor parsed. What is written here is in users' files: a shape once released is never changed, a new one
gets a new kind. Nothing unknown is skipped, for a history with a gap would be replayed wrongly.
"""

import json
from typing import Any, NamedTuple

import pydantic_core

from surestep.core.commands import StepKey
from surestep.core.outcomes import Failure, Outcome, Success
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
    SegmentFailed,
    StepAttemptFailed,
    StepDropped,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from surestep.core.signals import (
    CancelAsked,
    ChildEnded,
    EventArrived,
    ReleaseAsked,
    Signal,
    TimerDue,
    TimerPurpose,
)
from surestep.errors import ErrorInfo, StoreError

__all__ = ["Encoded", "decode_record", "decode_signal", "encode_record", "encode_signal"]

_dump = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_quote = json.encoder.encode_basestring_ascii


class Encoded(NamedTuple):
    """A record or signal as three columns; kinds without a value have an empty one."""

    kind: str
    head: str
    value: bytes = b""


def encode_record(record: Record) -> Encoded:
    """The columns of a record."""
    match record:
        case StepSucceeded():  # as most records
            step = f'[{_quote(record.key.id)},{record.key.occurrence}],"{record.kind}",{_quote(record.fingerprint)}'
            small = f"[{record.at_ms},{record.position},{step},{record.attempts},{record.started_at_ms}"
            return Encoded("step_succeeded", f"{small},{_quote(record.detail)}]", record.value)
        case StepStarted(at_ms, position, key, kind, fingerprint, due_at_ms, detail):
            return Encoded("step_started", _dump((at_ms, position, key, kind, fingerprint, due_at_ms, detail)))
        case RunStarted(at_ms, code_version):
            return Encoded("run_started", f"[{at_ms},{_quote(code_version)}]")
        case RunCompleted(at_ms, value):
            return Encoded("run_completed", f"[{at_ms}]", value)
        case StepAttemptFailed(at_ms, position, key, fingerprint, attempt, started_at_ms, info, retry_at_ms):
            error = _error_head(info)
            small = _dump((at_ms, position, key, fingerprint, attempt, started_at_ms, error, retry_at_ms))
            return Encoded("step_attempt_failed", small)
        case StepFailed(at_ms, position, key, kind, fingerprint, attempts, started_at_ms, info, reason):
            error = _error_head(info)
            small = _dump((at_ms, position, key, kind, fingerprint, attempts, started_at_ms, error, reason))
            return Encoded("step_failed", small)
        case SegmentFailed(at_ms, attempt, info, retry_at_ms, stretch):
            return Encoded("segment_failed", _dump((at_ms, attempt, _error_head(info), retry_at_ms, stretch)))
        case StepDropped(at_ms, position, key, kind, fingerprint):
            return Encoded("step_dropped", _dump((at_ms, position, key, kind, fingerprint)))
        case ChangeTaken(at_ms, change_id):
            return Encoded("change_taken", _dump((at_ms, change_id)))
        case RunFailed(at_ms, info):
            return Encoded("run_failed", _dump((at_ms, _error_head(info))))
        case RunCancelled(at_ms, reason):
            return Encoded("run_cancelled", _dump((at_ms, reason)))
        case RunBlocked(at_ms, info, stretch):
            return Encoded("run_blocked", _dump((at_ms, _error_head(info), stretch)))
        case RunSkipped(at_ms, policy, reason):
            return Encoded("run_skipped", _dump((at_ms, policy, reason)))
        case RunReleased(at_ms):
            return Encoded("run_released", _dump((at_ms,)))
        case RunCopied(at_ms, source, step, has_other_input):
            return Encoded("run_copied", _dump((at_ms, source, step, has_other_input)))


def decode_record(kind: str, head: str, value: bytes) -> Record:
    """The record that was encoded.

    Raises:
        StoreError: the kind or its shape is unknown, so a newer version has written it or the file is damaged.
    """
    match kind, _load(head):
        case "step_succeeded", [at_ms, position, key, step, fingerprint, attempts, started_at_ms, detail]:
            return StepSucceeded(
                at_ms, position, StepKey(*key), step, fingerprint, attempts, started_at_ms, value, detail
            )
        case "step_started", [at_ms, position, key, step, fingerprint, due_at_ms, detail]:
            return StepStarted(at_ms, position, StepKey(*key), step, fingerprint, due_at_ms, detail)
        case "run_started", [at_ms, code_version]:
            return RunStarted(at_ms, code_version)
        case "run_completed", [at_ms]:
            return RunCompleted(at_ms, value)
        case "step_attempt_failed", [at_ms, position, key, fingerprint, attempt, started_at_ms, error, retry_at_ms]:
            return StepAttemptFailed(
                at_ms, position, StepKey(*key), fingerprint, attempt, started_at_ms, ErrorInfo(*error), retry_at_ms
            )
        case "step_failed", [at_ms, position, key, step, fingerprint, attempts, started_at_ms, error, reason]:
            return StepFailed(
                at_ms, position, StepKey(*key), step, fingerprint, attempts, started_at_ms, ErrorInfo(*error), reason
            )
        case "segment_failed", [at_ms, attempt, error, retry_at_ms, stretch]:
            return SegmentFailed(at_ms, attempt, ErrorInfo(*error), retry_at_ms, stretch)
        case "step_dropped", [at_ms, position, key, step, fingerprint]:
            return StepDropped(at_ms, position, StepKey(*key), step, fingerprint)
        case "change_taken", [at_ms, change_id]:
            return ChangeTaken(at_ms, change_id)
        case "run_failed", [at_ms, error]:
            return RunFailed(at_ms, ErrorInfo(*error))
        case "run_cancelled", [at_ms, reason]:
            return RunCancelled(at_ms, reason)
        case "run_blocked", [at_ms, error, stretch]:
            return RunBlocked(at_ms, ErrorInfo(*error), stretch)
        case "run_skipped", [at_ms, policy, reason]:
            return RunSkipped(at_ms, policy, reason)
        case "run_released", [at_ms]:
            return RunReleased(at_ms)
        case "run_copied", [at_ms, source, step, has_other_input]:
            return RunCopied(at_ms, source, step, has_other_input)
        case _:
            raise _unknown("record", kind, head)


def encode_signal(signal: Signal) -> Encoded:
    """The columns of a signal."""
    match signal:
        case TimerDue(purpose, key):
            return Encoded("timer_due", _dump((purpose, key)))
        case EventArrived(key, event_id, event):
            return Encoded("event_arrived", _dump((key, event_id)), event)
        case ChildEnded(key, outcome):
            return _encode_outcome(key, outcome)
        case CancelAsked(reason):
            return Encoded("cancel_asked", _dump((reason,)))
        case ReleaseAsked():
            return Encoded("release_asked", "[]")


def decode_signal(kind: str, head: str, value: bytes) -> Signal:
    """The signal that was encoded.

    Raises:
        StoreError: as for records.
    """
    match kind, _load(head):
        case "timer_due", [purpose, None]:
            return TimerDue(TimerPurpose(purpose))
        case "timer_due", [purpose, key]:
            return TimerDue(TimerPurpose(purpose), StepKey(*key))
        case "event_arrived", [key, event_id]:
            return EventArrived(StepKey(*key), event_id, value)
        case "child_succeeded", [key]:
            return ChildEnded(StepKey(*key), Success(value))
        case "child_failed", [key, error, reason]:
            return ChildEnded(StepKey(*key), Failure(ErrorInfo(*error), reason))
        case "cancel_asked", [reason]:
            return CancelAsked(reason)
        case "release_asked", []:
            return ReleaseAsked()
        case _:
            raise _unknown("signal", kind, head)


def _encode_outcome(key: StepKey, outcome: Outcome) -> Encoded:
    match outcome:
        case Success(value):
            return Encoded("child_succeeded", _dump((key,)), value)
        case Failure(info, reason):
            return Encoded("child_failed", _dump((key, _error_head(info), reason)))


def _load(head: str) -> Any:
    try:
        return pydantic_core.from_json(head)
    except ValueError:  # it may have half of a surrogate pair, as an error's message can
        return json.loads(head)


def _error_head(info: ErrorInfo) -> tuple[str, str, str]:
    return info.name, info.message, info.stack


def _unknown(what: str, kind: str, head: str) -> StoreError:
    return StoreError(f"unknown {what} {kind!r} {head[:200]}: written by a newer version, or the file is damaged")
