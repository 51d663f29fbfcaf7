"""The events that every app has without declaring them: what engines tell about runs and schedules."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.datatypes import DataType, Field, ListOf, ObjectOf, Scalar, ScalarKind
from surestep_dsl.model import EventDef, Project

__all__ = ["RUN_END_EVENTS", "SYSTEM_EVENTS", "SYSTEM_PREFIX", "event_fields", "find_event"]

SYSTEM_PREFIX: Final = "inngest/"
"""Reserved on the wire, in any case."""

_STRING: Final = Scalar(ScalarKind.STRING)
_JSON: Final = Scalar(ScalarKind.JSON)


def _field(name: str, data_type: DataType, description: str, *, optional: bool = False) -> Field:
    return Field(name, data_type, optional=optional, description=description)


_RUN_FIELDS: Final = (
    _field("function_id", _STRING, "The app's id, a hyphen and the function's id."),
    _field("run_id", _STRING, "The run that ended."),
    _field("event", _JSON, "The event that started it."),
    _field("events", ListOf(_JSON), "All events of a batch."),
)
_ERROR: Final = ObjectOf(
    (
        _field("name", _STRING, "The error's class."),
        _field("message", _STRING, "What it says."),
        _field("stack", _STRING, "Where it was raised.", optional=True),
    )
)
_END_FIELDS: Final = (
    *_RUN_FIELDS,
    _field("error", _ERROR, "Why it failed or was cancelled.", optional=True),
    _field("result", _JSON, "What it returned.", optional=True),
)
_TIMER_FIELDS: Final = (
    _field("cron", _STRING, "The schedule, as in the spec."),
    _field("scheduledAt", Scalar(ScalarKind.DATETIME), "The instant that the schedule names."),
    _field("fireAt", Scalar(ScalarKind.DATETIME), "The same with jitter."),
)

RUN_END_EVENTS: Final = ("inngest/function.cancelled", "inngest/function.failed", "inngest/function.finished")
"""Those that can trigger, be waited for and cancel."""

SYSTEM_EVENTS: Final[Mapping[str, EventDef]] = {
    "inngest/function.cancelled": EventDef(
        "inngest/function.cancelled", _END_FIELDS, description="A run was cancelled."
    ),
    "inngest/function.failed": EventDef("inngest/function.failed", _END_FIELDS, description="A run failed for good."),
    "inngest/function.finished": EventDef("inngest/function.finished", _END_FIELDS, description="A run ended."),
    "inngest/function.invoked": EventDef("inngest/function.invoked", description="A function was invoked."),
    "inngest/scheduled.timer": EventDef("inngest/scheduled.timer", _TIMER_FIELDS, description="A cron fired."),
}


def find_event(project: Project, name: str) -> EventDef | None:
    """A declared or predeclared event."""
    return project.events.get(name) or SYSTEM_EVENTS.get(name)


def event_fields(project: Project, event: EventDef) -> tuple[Field, ...]:
    """The fields of an event's payload, wherever they are stated."""
    return project.fields_of(event.fields, event.data_type)
