"""Which events anybody may send: all but those by which the runtime tells how a job ended."""

from surestep_dsl.model import EventDef, Project

__all__ = ["sendable_events"]


def sendable_events(project: Project) -> list[EventDef]:
    """The declared events that do not belong to the runtime, sorted by name."""
    ends = {name for job in project.jobs.values() for name in (job.completed, job.failed)}
    return [event for name, event in project.events.items() if name not in ends]
