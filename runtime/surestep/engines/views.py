"""Stored runs and events as those see them who look from outside."""

from collections.abc import Mapping

import pydantic_core

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
from surestep.engines.api import EventRow, JobRow, RunDetail, RunSummary, StepRow, StepStatus
from surestep.engines.jobs import log_id_of
from surestep.errors import ErrorInfo
from surestep.storage.port import RunRow, StoredEvent, StoredRun

__all__ = ["event_row", "job_row", "run_detail", "run_summary"]


def event_row(event: StoredEvent) -> EventRow:
    """An event with its data decoded."""
    data = pydantic_core.from_json(event.data)
    return EventRow(event.event_id, event.name, data, event.id, event.ts_ms, event.received_at_ms, event.v)


def run_summary(row: RunRow, *, in_progress: bool) -> RunSummary:
    """A run in a list. A run whose first body is in progress is running, although nothing is stored of it yet."""
    status = RunStatus.RUNNING if in_progress and row.status in {RunStatus.QUEUED, RunStatus.WAITING} else row.status
    return RunSummary(
        row.run_id, row.function_id, status, row.triggered_by, row.created_at_ms, row.started_at_ms, row.ended_at_ms
    )


def job_row(stored: StoredRun, detail: RunDetail) -> JobRow:
    """A run in the log of its job; `detail` is the same run."""
    run = detail.run
    return JobRow(
        log_id_of(stored.events[0], run.run_id),
        run.run_id,
        run.status,
        "cron" if run.triggered_by == "cron" else "manual",
        run.created_at_ms,
        run.started_at_ms,
        run.ended_at_ms,
        detail.result,
        detail.error,
    )


def run_detail(stored: StoredRun, running: Mapping[StepKey, int]) -> RunDetail:
    """A run with its timeline.

    Args:
        stored: the run.
        running: key and start (Unix milliseconds) of the bodies in progress.
    """
    rows: dict[StepKey, tuple[int, StepRow]] = {}
    result: object = None
    error: ErrorInfo | None = None
    origin: tuple[str | None, str] = (None, "")
    for record in stored.records:
        step = _dropped_row(record, rows) if isinstance(record, StepDropped) else _step_row(record)
        if step is not None:
            rows[step[0]] = step[1:]
        match record:
            case RunCompleted():
                result = pydantic_core.from_json(record.value)
            case RunFailed() | RunBlocked():
                error = record.error
            case RunCancelled():
                error = ErrorInfo("RunCancelled", record.reason)
            case RunSkipped():
                error = ErrorInfo("RunSkipped", record.reason)
            case RunReleased():
                error = None
            case RunCopied():
                origin = (record.source, record.step)
            case _:
                continue
    steps = [row for _, row in sorted(rows.values(), key=lambda pair: pair[0])]
    for key, started_at_ms in running.items():
        known = rows.get(key)
        attempts = known[1].attempts + 1 if known else 1
        steps = [row for row in steps if row.key != str(key)]
        steps.append(StepRow(str(key), "run", StepStatus.RUNNING, attempts, started_at_ms))
    summary = run_summary(stored.row, in_progress=bool(running))
    events = tuple(event_row(event) for event in stored.events)
    shown = (result, error, *origin)
    return RunDetail(summary, events, tuple(steps), *shown)  # type: ignore[arg-type]  # from_json gives JSON


def _step_row(record: Record) -> tuple[StepKey, int, StepRow] | None:
    match record:
        case StepStarted():
            return _row(record, record.kind, StepStatus.WAITING, 1, record.at_ms)
        case StepSucceeded():
            return _row(record, record.kind, StepStatus.COMPLETED, record.attempts, record.started_at_ms, record.at_ms)
        case StepFailed():
            return _row(
                record,
                record.kind,
                StepStatus.FAILED,
                record.attempts,
                record.started_at_ms,
                record.at_ms,
                record.error,
            )
        case StepAttemptFailed():
            attempts = record.attempt + 1
            return _row(record, "run", StepStatus.RETRYING, attempts, record.started_at_ms, None, record.error)
        case (
            RunStarted()
            | StepDropped()
            | ChangeTaken()
            | SegmentFailed()
            | RunCompleted()
            | RunFailed()
            | RunCancelled()
            | RunBlocked()
            | RunSkipped()
            | RunReleased()
            | RunCopied()
        ):
            return None


def _dropped_row(record: StepDropped, rows: Mapping[StepKey, tuple[int, StepRow]]) -> tuple[StepKey, int, StepRow]:
    """As far as the step had come when it was dropped; nothing may be known of it."""
    known = rows.get(record.key)
    attempts, started_at_ms = (known[1].attempts, known[1].started_at_ms) if known else (0, record.at_ms)
    return _row(record, record.kind, StepStatus.DROPPED, attempts, started_at_ms, record.at_ms)


def _row(  # noqa: PLR0917 -- the fields of a row, in their order
    record: StepStarted | StepSucceeded | StepFailed | StepAttemptFailed | StepDropped,
    kind: StepKind,
    status: StepStatus,
    attempts: int,
    started_at_ms: int,
    ended_at_ms: int | None = None,
    error: ErrorInfo | None = None,
) -> tuple[StepKey, int, StepRow]:
    row = StepRow(str(record.key), kind, status, attempts, started_at_ms, ended_at_ms, error)
    return record.key, record.position, row
