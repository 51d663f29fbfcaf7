"""Events that the engine itself sends."""

from typing import Any, Literal

from surestep.authoring.events import Data, EngineEvent

__all__ = [
    "FunctionCancelled",
    "FunctionCancelledData",
    "FunctionFailed",
    "FunctionFailedData",
    "FunctionFinished",
    "FunctionFinishedData",
    "RunErrorData",
    "ScheduledTimer",
    "ScheduledTimerData",
]


class RunErrorData(Data, frozen=True):
    """The error a run ended with."""

    name: str
    message: str
    stack: str = ""


class FunctionFailedData(Data, frozen=True):
    """`function_id` is `app-function`; `event` is the run's trigger, `events` all of a batch."""

    function_id: str
    run_id: str
    event: dict[str, Any]
    events: list[dict[str, Any]]
    error: RunErrorData


class FunctionFailed(EngineEvent, frozen=True):
    """A run failed."""

    name: Literal["inngest/function.failed"] = "inngest/function.failed"
    data: FunctionFailedData


class FunctionCancelledData(Data, frozen=True):
    """As `FunctionFailedData`; the error says why the run was cancelled."""

    function_id: str
    run_id: str
    event: dict[str, Any]
    events: list[dict[str, Any]]
    error: RunErrorData


class FunctionCancelled(EngineEvent, frozen=True):
    """A run was cancelled."""

    name: Literal["inngest/function.cancelled"] = "inngest/function.cancelled"
    data: FunctionCancelledData


class FunctionFinishedData(Data, frozen=True):
    """One of `result` and `error` says how the run ended."""

    function_id: str
    run_id: str
    event: dict[str, Any]
    events: list[dict[str, Any]]
    result: Any = None
    error: RunErrorData | None = None


class FunctionFinished(EngineEvent, frozen=True):
    """A run ended, however it ended."""

    name: Literal["inngest/function.finished"] = "inngest/function.finished"
    data: FunctionFinishedData


class ScheduledTimerData(Data, frozen=True):
    """`scheduledAt` is the occurrence, `fireAt` the occurrence plus jitter; both RFC 3339 in UTC."""

    cron: str
    scheduledAt: str  # noqa: N815 -- the wire's name
    fireAt: str  # noqa: N815 -- the wire's name


class ScheduledTimer(EngineEvent, frozen=True):
    """A cron occurrence."""

    name: Literal["inngest/scheduled.timer"] = "inngest/scheduled.timer"
    data: ScheduledTimerData
