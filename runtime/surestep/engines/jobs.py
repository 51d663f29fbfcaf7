"""What is special about jobs: log ids, the request that a schedule makes, and who is told how a run ended.

A job's run has a log id: the one its `.requested` event came with, or else the run's own. It is filled in before the
event is stored, so that `.cancelled` finds the run by it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pydantic_core

from surestep.authoring.registry import BoundFunction, Registry
from surestep.core.records import Record, RunCompleted, RunFailed
from surestep.storage.port import StoredEvent
from surestep_dsl.model import JobDef

__all__ = ["Jobs", "log_id_of", "request_data"]


class Jobs:
    """The jobs of an app.

    Attributes:
        by_id: all of them.
        by_function: the same by the id of the function.
        by_request: the same by the name of the event that asks for a run.
        reserved: names of the events that only the engine sends, each with the reason for a refusal.
    """

    def __init__(self, registry: Registry, functions: Mapping[str, BoundFunction]) -> None:
        self._registry = registry
        owned = {function_id: bound.function.options.job for function_id, bound in functions.items()}
        self.by_function = {function_id: JobDef(job) for function_id, job in owned.items() if job is not None}
        self.by_id = {job.id: job for job in self.by_function.values()}
        self.by_request = {job.requested: job for job in self.by_function.values()}
        self.reserved = {
            name: f"only the engine sends it, when a run of the job {job.id} ends"
            for job in self.by_function.values()
            for name in (job.completed, job.failed)
        }

    def told(
        self, job: JobDef, events: Iterable[StoredEvent], end: Record, run_id: str, attempts: int
    ) -> tuple[str, bytes] | None:
        """Name and data of the event that tells how a run ended; None where none does, because it was cancelled."""
        log_id = next((log_id_of(event, run_id) for event in events), run_id)
        match end:
            case RunCompleted(value=value):
                has_stats = "stats" in self._fields(job.completed)
                told = {"stats": pydantic_core.from_json(value)} if has_stats else {}
                return job.completed, pydantic_core.to_json({"log_id": log_id, **told})
            case RunFailed(error=error):
                data = {"log_id": log_id, "error": f"{error.name}: {error.message}", "attempt": attempts}
                return job.failed, pydantic_core.to_json(data)
            case _:
                return None

    def _fields(self, name: str) -> Iterable[str]:
        event_class = self._registry.event_class(name)
        data: Any = None if event_class is None else event_class.model_fields["data"].annotation
        return () if data is None else data.model_fields


def request_data(data: Mapping[str, object], run_id: str) -> bytes:
    """The data of a request with its log id."""
    return pydantic_core.to_json({**data, "log_id": data.get("log_id") or run_id})


def log_id_of(event: StoredEvent, run_id: str) -> str:
    """The log id of the run that an event has started; the run's id where it has none."""
    found = pydantic_core.from_json(event.data)
    return str(found.get("log_id") or run_id)
