"""What the end of a run causes: an answer to the run that invoked it, and system events."""

from typing import Any

import pydantic_core

from surestep.core.outcomes import Failure, Outcome, Success
from surestep.core.records import Record, RunCancelled, RunCompleted, RunFailed
from surestep.core.signals import ChildEnded, Signal
from surestep.engines.intake import Intake
from surestep.errors import ErrorInfo
from surestep.storage.matched import event_json
from surestep.storage.port import NewEvent, RunRow, StoredEvent

__all__ = ["plan_reply", "plan_system_events"]


def plan_reply(row: RunRow, end: Record) -> tuple[tuple[str, Signal], ...]:
    """The answer to the invoke step that waits for this run, if there is one."""
    if row.parent is None:
        return ()
    outcome: Outcome
    match end:
        case RunCompleted(value=value):
            outcome = Success(value)
        case RunFailed(error=error):
            outcome = Failure(error, "InvokeFailedError")
        case RunCancelled(reason=reason):
            outcome = Failure(ErrorInfo("InvokeCancelledError", reason), "InvokeCancelledError")
        case _:
            return ()
    return ((row.parent.run_id, ChildEnded(row.parent.key, outcome)),)


def plan_system_events(
    intake: Intake, app: str, row: RunRow, events: tuple[StoredEvent, ...], end: Record, *, handles_failure: bool
) -> list[NewEvent]:
    """`inngest/function.finished`, and `.failed` with the failure handler's run or `.cancelled`.

    Runs that such an event started send none: there is no recursion. Events nobody reacts to need not be kept.
    """
    now_ms = end.at_ms
    function_id, _, role = row.function_id.partition(":")
    if role or any(event.name.startswith("inngest/function.") and event.name[17:] != "invoked" for event in events):
        return []
    triggers = [pydantic_core.from_json(event_json(event)) for event in events]
    data: dict[str, Any] = {
        "function_id": f"{app}-{function_id}",
        "run_id": row.run_id,
        "event": triggers[0],
        "events": triggers,
    }
    match end:
        case RunCompleted(value=value):
            return [_system(intake, "finished", {**data, "result": pydantic_core.from_json(value)}, now_ms)]
        case RunFailed(error=error):
            data["error"] = {"name": error.name, "message": error.message, "stack": error.stack}
            failed = _system(intake, "failed", data, now_ms)
            if handles_failure:
                run = intake.plan_run(f"{function_id}:on_failure", failed.event, triggered_by="failure")
                failed = NewEvent(failed.event, (*failed.runs, run))
            return [failed, _system(intake, "finished", data, now_ms)]
        case RunCancelled(reason=reason):
            data["error"] = {"name": "RunCancelled", "message": reason, "stack": ""}
            return [_system(intake, "cancelled", data, now_ms), _system(intake, "finished", data, now_ms)]
        case _:
            return []


def _system(intake: Intake, ending: str, data: dict[str, Any], now_ms: int) -> NewEvent:
    event = intake.new_event(f"inngest/function.{ending}", pydantic_core.to_json(data), now_ms)
    return intake.plan_stored(event, keep=False)
