"""Jobs as seen from outside: started by hand, and their log read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pydantic_core
from pydantic import JsonValue

from surestep.core.commands import OutgoingEvent
from surestep.engines.api import JobBusy, JobRow, JobStarted, RunDetail
from surestep.engines.clock import Clock
from surestep.engines.intake import Intake
from surestep.engines.jobs import log_id_of
from surestep.engines.views import job_row
from surestep.storage.port import Appended, NewEvent, RunQuery, Store, StoredRun

__all__ = ["JobControl"]


@dataclass(frozen=True, slots=True)
class JobControl:
    """Carries out what `EngineApi` says about jobs.

    Attributes:
        append: stores planned events and starts their runs.
        show: a run as it may be seen from outside.
    """

    intake: Intake
    store: Store
    clock: Clock
    append: Callable[[list[NewEvent]], Awaitable[Appended]]
    show: Callable[[StoredRun], RunDetail]

    async def start(self, job_id: str, options: JsonValue, log_id: str | None) -> JobStarted | JobBusy | None:
        """Ask for a run by hand; where it is not let in, nothing is stored."""
        job = self.intake.jobs.by_id.get(job_id)
        if job is None:
            return None
        data = {"triggered_by": "manual", "log_id": log_id, "options": options}
        given = pydantic_core.to_json({name: value for name, value in data.items() if value is not None})
        [planned] = self.intake.plan_events([OutgoingEvent(job.requested, given)], self.clock.now_ms())
        [run_id] = [run.run_id for run in planned.runs if run.function_id == job.function]
        appended = await self.append([replace(planned, hinges_on=run_id)])
        for dropped in appended.dropped:
            if dropped.run_id == run_id:
                return JobBusy(await self._log_id_of(dropped.drop.holder), dropped.drop.reason)
        return JobStarted(log_id_of(planned.event, run_id), run_id)

    async def runs(self, job_id: str, before: str | None, limit: int) -> list[JobRow] | None:
        """The log of a job, newest first."""
        job = self.intake.jobs.by_id.get(job_id)
        if job is None:
            return None
        rows = await self.store.list_runs(RunQuery(job.function, before=before, limit=limit))
        found = [await self.store.load_run(row.run_id) for row in rows]
        return [job_row(run, self.show(run)) for run in found if run is not None]

    async def _log_id_of(self, run_id: str) -> str:
        stored = await self.store.load_run(run_id)
        return run_id if stored is None else log_id_of(stored.events[0], run_id)
