"""What the end of a run causes: an answer to the run that invoked it, events that tell of it, and handlers' runs."""

from dataclasses import dataclass

import pydantic_core

from surestep.authoring.function import Handler
from surestep.core.failures import BodyFailed, info_of
from surestep.core.inputs import TurnRaised, TurnReturned
from surestep.core.outcomes import Failure, Outcome, Success
from surestep.core.records import (
    Record,
    RunCancelled,
    RunCompleted,
    RunFailed,
    SegmentFailed,
    StepFailed,
    StepSucceeded,
)
from surestep.core.signals import ChildEnded, Signal
from surestep.core.values import codec_of_type
from surestep.engines.intake import INVOKED, Intake
from surestep.errors import ErrorInfo, StepResultError
from surestep.storage.matched import event_json
from surestep.storage.port import NewEvent, RunRow, StoredEvent
from surestep_dsl.flow import FunctionOptions

__all__ = ["Ending", "attempts_after", "input_of_result", "plan_end_events", "plan_reply"]

_END_PREFIX = "inngest/function."


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that has ended.

    Attributes:
        events: what started it.
        end: its last record.
        attempts: how often the step or stretch that failed last was tried.
    """

    row: RunRow
    events: tuple[StoredEvent, ...]
    end: Record
    attempts: int


def attempts_after(record: Record, attempts: int) -> int:
    """How often that was tried which the record is about: a step that failed for good, or code between steps."""
    match record:
        case StepSucceeded():
            return 1
        case StepFailed():
            return record.attempts
        case SegmentFailed():
            return record.attempt + 2  # one more than has failed: the next attempt decides
        case _:
            return attempts


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


def plan_end_events(intake: Intake, app: str, ending: Ending, options: FunctionOptions) -> list[NewEvent]:
    """The system events of an end, with the run of the failure or cancel handler, and what a job tells.

    Handlers of failures and cancellations end untold; runs that a system event started are told to their own handlers
    only: there is no recursion. Events that nobody reacts to need not be kept.
    """
    function_id, _, role = ending.row.function_id.partition(":")
    if role:
        return []
    planned = [_plan_system(intake, app, name, ending, options) for name in _names(ending.end)]
    job = intake.jobs.by_function.get(function_id)
    told = job and intake.jobs.told(job, ending.events, ending.end, ending.row.run_id, ending.attempts)
    if told:
        planned.append(intake.plan_stored(intake.new_event(*told, ending.end.at_ms)))
    return [new for new in planned if new is not None]


def _names(end: Record) -> tuple[str, ...]:
    match end:
        case RunCompleted():
            return ("finished",)
        case RunFailed():
            return ("failed", "finished")
        case RunCancelled():
            return ("cancelled", "finished")
        case _:
            return ()


def _plan_system(intake: Intake, app: str, name: str, ending: Ending, options: FunctionOptions) -> NewEvent | None:
    event = intake.new_event(f"{_END_PREFIX}{name}", _told(app, ending), ending.end.at_ms)
    by_end = any(cause.name.startswith(_END_PREFIX) and cause.name != INVOKED for cause in ending.events)
    planned = NewEvent(event, keep=False) if by_end else intake.plan_stored(event, keep=False)
    role = {"failed": "on_failure" * options.on_failure, "cancelled": "on_cancel" * options.on_cancel}.get(name)
    if role:
        run = intake.plan_follow_up(options.id, role, event)
        return NewEvent(event, (*planned.runs, run), keep=False)
    return None if by_end else planned


def _told(app: str, ending: Ending) -> bytes:
    """JSON; what is JSON already is put in as it is."""
    row = ending.row
    triggers = [event_json(event) for event in ending.events]
    head = pydantic_core.to_json({"function_id": f"{app}-{row.function_id}", "run_id": row.run_id})[:-1]
    body = head + b',"event":' + triggers[0] + b',"events":[' + b",".join(triggers) + b"]"
    match ending.end:
        case RunCompleted(value=value):
            return body + b',"result":' + value + b"}"
        case RunFailed(error=error):
            return body + _error(error.name, error.message, error.stack)
        case RunCancelled(reason=reason):
            return body + _error("RunCancelled", reason, "")
        case _:
            return body + b"}"


def _error(name: str, message: str, stack: str) -> bytes:
    return b',"error":' + pydantic_core.to_json({"name": name, "message": message, "stack": stack}) + b"}"


def input_of_result(handler: Handler, value: object) -> TurnReturned | TurnRaised:
    """What it means for a run that its handler returned something."""
    function = handler.function
    annotation = function.result_type if handler.role == "handler" else None
    try:
        return TurnReturned(codec_of_type(annotation).encode(value, f"function {function.id}"))
    except StepResultError as error:
        return TurnRaised(BodyFailed(info_of(error), final=True), 0)
