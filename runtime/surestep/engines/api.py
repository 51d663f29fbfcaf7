"""What every engine offers to those who send events and look at runs: the command line, the HTTP API, tests.

Plain values in both directions; how an engine carries runs out is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from surestep.core.commands import StepKind
from surestep.core.records import RunStatus
from surestep.engines.control_api import Control
from surestep.engines.flow_api import FlowApi, Hold
from surestep.errors import ErrorInfo

__all__ = [
    "EngineApi",
    "EventRow",
    "JobBusy",
    "JobRow",
    "JobStarted",
    "RawEvent",
    "RunDetail",
    "RunSummary",
    "StepRow",
    "StepStatus",
]


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it comes in: its shape is right, its data is not yet held against its declaration.

    Attributes:
        data: a JSON object.
        id: the sender's deduplication id; empty for none.
        ts: Unix milliseconds; None for the time of reception.
        v: version of the payload's schema; None for the current one.
    """

    name: str
    data: dict[str, JsonValue] = field(default_factory=dict)
    id: str = ""
    ts: int | None = None
    v: str | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """A stored event. `event_id` is the engine's, `id` the sender's (or the engine's where there was none)."""

    event_id: str
    name: str
    data: JsonValue
    id: str
    ts_ms: int
    received_at_ms: int
    v: str | None = None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list. Instants are Unix milliseconds, None for what has not happened."""

    run_id: str
    function_id: str
    status: RunStatus
    triggered_by: str
    created_at_ms: int
    started_at_ms: int | None = None
    ended_at_ms: int | None = None


class StepStatus(StrEnum):
    """Where a step is."""

    RUNNING = "running"  # its body runs
    WAITING = "waiting"  # for a time, an event or another run
    RETRYING = "retrying"  # an attempt failed, the next one is due later
    COMPLETED = "completed"
    FAILED = "failed"
    DROPPED = "dropped"  # it has lost a race


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step in a run's timeline.

    Attributes:
        key: the id, with `:1`, `:2` ... where it was met before in the run.
        attempts: attempts made so far, the current one included.
        error: of the latest failed attempt.
    """

    key: str
    kind: StepKind
    status: StepStatus
    attempts: int
    started_at_ms: int
    ended_at_ms: int | None = None
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run with its triggers and its timeline, in the order in which the handler asked.

    Attributes:
        result: what the handler returned, as JSON.
        error: why the run failed, was cancelled or skipped, or is blocked.
        copied_from: id of the run that this one does again; None for a run of its own.
        copied_step: the step from which on it does so; empty for the start.
        held: why it waits, if flow control holds it.
    """

    run: RunSummary
    events: tuple[EventRow, ...]
    steps: tuple[StepRow, ...]
    result: JsonValue = None
    error: ErrorInfo | None = None
    copied_from: str | None = None
    copied_step: str = ""
    held: Hold | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A run in the log of a job. Instants as in `RunSummary`.

    Attributes:
        log_id: what the run was requested with, or else its own id.
        triggered_by: `cron` or `manual`.
        stats: what the handler returned, as JSON.
        error: why the run failed, was cancelled or skipped, or is blocked.
    """

    log_id: str
    run_id: str
    status: RunStatus
    triggered_by: str
    created_at_ms: int
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    stats: JsonValue = None
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A run of a job was accepted."""

    log_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class JobBusy:
    """A run of a job was not accepted: nothing was stored. `log_id` is that of the run that stands in its way."""

    log_id: str
    reason: str


class EngineApi(Protocol):
    """An engine as its callers see it."""

    @property
    def control(self) -> Control:
        """Looks after runs."""
        ...

    @property
    def flow(self) -> FlowApi:
        """Knows why runs wait."""
        ...

    async def send(self, events: Sequence[RawEvent]) -> list[str]:
        """Accept all events or none. Returns their ids, in order, once they are safely stored.

        Raises:
            EventRejectedError: an event is undeclared or does not fit its declaration.
        """
        ...

    async def list_runs(
        self,
        *,
        function_id: str | None = None,
        status: RunStatus | None = None,
        event_id: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[RunSummary]:
        """Runs, newest first, of an event if one is given; `before` is the run id after which the last page ended."""
        ...

    async def show_run(self, run_id: str) -> RunDetail | None:
        """A run, None when there is none of this id."""
        ...

    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[EventRow]:
        """Events, newest first; `before` is the event id after which the last page ended."""
        ...

    async def start_job(
        self, job_id: str, *, options: JsonValue = None, log_id: str | None = None
    ) -> JobStarted | JobBusy | None:
        """Ask for a run of a job by hand; None when there is no such job.

        Raises:
            EventRejectedError: `options` are not what the job takes.
        """
        ...

    async def list_job_runs(self, job_id: str, *, before: str | None = None, limit: int = 50) -> list[JobRow] | None:
        """The log of a job, newest first; `before` is the run id after which the last page ended. None as above."""
        ...

    async def release_run(self, run_id: str) -> bool:
        """Try a blocked run again with today's code. False when it is not blocked or unknown."""
        ...

    async def cancel_run(self, run_id: str) -> bool:
        """Ask a run to stop. False when it has ended already or is unknown."""
        ...
