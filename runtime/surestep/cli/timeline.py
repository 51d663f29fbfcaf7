"""Runs as rows of text. Pure: `tables` prints."""

import json
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue, TypeAdapter

from surestep.cli.tables import printable
from surestep.core.records import RunStatus
from surestep.engines.api import JobRow, RunDetail, RunSummary
from surestep.engines.flow_api import Hold
from surestep.errors import ErrorInfo

__all__ = [
    "JOB_HEADERS",
    "LIST_HEADERS",
    "STEP_HEADERS",
    "parse_job_runs",
    "parse_run",
    "parse_runs",
    "render_header",
    "render_job_log",
    "render_list",
    "render_steps",
]

JOB_HEADERS: Final = ("log", "status", "by", "created", "took", "stats or error")
LIST_HEADERS: Final = ("run", "function", "status", "created", "took")
STEP_HEADERS: Final = ("step", "kind", "status", "attempts", "began", "took", "error")

_RUNS: Final = TypeAdapter(dict[str, list[RunSummary]])
_RUN: Final = TypeAdapter(RunDetail)
_JOB_RUNS: Final = TypeAdapter(dict[str, list[JobRow]])


def parse_runs(body: bytes) -> list[RunSummary]:
    """Runs from the answer of `GET /v1/runs`."""
    return _RUNS.validate_json(body)["runs"]


def parse_run(body: bytes) -> RunDetail:
    """A run from the answer of `GET /v1/runs/{id}`."""
    return _RUN.validate_json(body)


def parse_job_runs(body: bytes) -> list[JobRow]:
    """Runs from the answer of `GET /v1/jobs/{domain}/{name}`."""
    return _JOB_RUNS.validate_json(body)["runs"]


def render_job_log(rows: list[JobRow]) -> list[tuple[str, ...]]:
    """One row per run of a job."""
    return [
        (
            printable(row.log_id),
            row.status,
            row.triggered_by,
            _instant(row.created_at_ms),
            _took(row.started_at_ms, row.ended_at_ms),
            _error(row.error) if row.error else "" if row.stats is None else _json(row.stats),
        )
        for row in rows
    ]


def render_list(runs: list[RunSummary]) -> list[tuple[str, ...]]:
    """One row per run."""
    return [
        (
            run.run_id,
            run.function_id,
            run.status,
            _instant(run.created_at_ms),
            _took(run.started_at_ms, run.ended_at_ms),
        )
        for run in runs
    ]


def render_header(detail: RunDetail) -> list[str]:
    """What a run is, what started it and how it ended; one aligned line each."""
    run = detail.run
    lines = [
        ("run", run.run_id),
        ("function", run.function_id),
        ("status", run.status),
        ("created", _instant(run.created_at_ms)),
        ("took", _took(run.started_at_ms, run.ended_at_ms)),
        *_origin(detail),
        *(("event", f"{event.name} {event.event_id} {_json(event.data)}") for event in detail.events),
    ]
    if run.status is RunStatus.COMPLETED:
        lines.append(("result", _json(detail.result)))
    if detail.held:
        lines.append(("held by", _held(detail.held)))
    if detail.error:
        lines.append(("error", _error(detail.error)))
    return [f"{name:<10}{value}" for name, value in lines]


def render_steps(detail: RunDetail) -> list[tuple[str, ...]]:
    """One row per step, in the order in which the handler asked."""
    began_ms = detail.run.started_at_ms or detail.run.created_at_ms
    return [
        (
            step.key,
            step.kind,
            step.status,
            str(step.attempts),
            f"+{_duration(step.started_at_ms - began_ms)}",
            _took(step.started_at_ms, step.ended_at_ms),
            _error(step.error) if step.error else "",
        )
        for step in detail.steps
    ]


def _origin(detail: RunDetail) -> list[tuple[str, str]]:
    """Which run is done again."""
    if detail.copied_from is None:
        return []
    step = f", from step {printable(detail.copied_step)}" if detail.copied_step else ""
    return [("again", f"{detail.copied_from}{step}")]


def _held(held: Hold) -> str:
    key = "" if held.key is None else f" of key {_json(held.key)}"
    position = "" if held.position is None else f", number {held.position} in line"
    starts = "" if held.starts_at_ms is None else f", goes on at {_instant(held.starts_at_ms)}"
    return f"{held.policy}{key}{position}{starts}"


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _took(started_at_ms: int | None, ended_at_ms: int | None) -> str:
    return "-" if started_at_ms is None or ended_at_ms is None else _duration(ended_at_ms - started_at_ms)


def _duration(ms: int) -> str:
    """Two significant units: `12ms`, `1.2s`, `3m05s`, `2h10m`, `4d03h`."""
    seconds = ms // 1000
    if ms < 1000:
        return f"{ms}ms"
    if seconds < 60:
        return f"{ms / 1000:.1f}s"
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02}s"
    if seconds < 86_400:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02}m"
    return f"{seconds // 86_400}d{seconds % 86_400 // 3600:02}h"


def _error(error: ErrorInfo) -> str:
    return printable(f"{error.name}: {error.message}")


def _json(value: JsonValue) -> str:
    return printable(json.dumps(value, ensure_ascii=False))
