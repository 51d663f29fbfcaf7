"""Looks after the runs of an embedded engine: finds them, writes them down, lets them be done again.

Each run is created in one transaction with all that it begins with. Cancelling and releasing are the engine's own.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from typing_extensions import override

from surestep.core.conditions import Condition, condition_of
from surestep.core.records import ENDED, RunCopied, RunStatus
from surestep.engines.control_api import Control, Rerun, RerunRefused, RerunStarted, Selection
from surestep.engines.histories import render_history
from surestep.engines.history_masking import mask_history
from surestep.engines.intake import Intake
from surestep.engines.replaying import App
from surestep.engines.reruns import copied_records, position_of, steps_of
from surestep.limits import LISTED_ROWS
from surestep.storage.matched import event_value
from surestep.storage.port import Appended, NewEvent, RunQuery, RunRow, Store, StoredRun

__all__ = ["EmbeddedControl", "holds", "is_meant"]


class EmbeddedControl(Control):
    """See `Control`.

    Args:
        store: where the runs are.
        intake: plans runs.
        app: whose handlers tell the types of steps.
        append: stores what is planned and begins it.
        now_ms: the time.
    """

    def __init__(
        self,
        store: Store,
        intake: Intake,
        app: App,
        append: Callable[[list[NewEvent]], Awaitable[Appended]],
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._intake = intake
        self._app = app
        self._append = append
        self._now_ms = now_ms

    @override
    async def find_runs(self, selection: Selection) -> list[str]:
        condition = None if selection.condition is None else condition_of(selection.condition)
        return [
            row.run_id
            async for row in self._rows(selection)
            if is_meant(row, selection) and (condition is None or await self._holds(condition, row.run_id))
        ]

    @override
    async def load_history(self, run_id: str) -> bytes | None:
        stored = await self._store.load_run(run_id)
        return None if stored is None else render_history(mask_history(self._app, stored))

    @override
    async def rerun(self, run_id: str, *, step: str = "", data: bytes | None = None) -> Rerun:
        stored = await self._store.load_run(run_id)
        if stored is None:
            return RerunRefused("unknown run", f"there is no run {run_id}")
        if stored.row.status not in {*ENDED, RunStatus.BLOCKED}:
            return RerunRefused("live run", f"run {run_id} is {stored.row.status}; it has not ended yet")
        position = position_of(stored.records, step) if step else 0
        if position is None:
            known = ", ".join(steps_of(stored.records)) or "none"
            return RerunRefused("unknown step", f"run {run_id} has no step {step!r}; it has {known}")
        return await self._start(stored, position, step, data)

    async def _start(self, stored: StoredRun, position: int, step: str, data: bytes | None) -> Rerun:
        row, events, now_ms = stored.row, stored.events, self._now_ms()
        if data is not None:
            events = (*events[:-1], self._intake.edited(events[-1], row.function_id, data))
        origin = RunCopied(now_ms, row.run_id, step, data is not None)
        records = copied_records(stored.records, position, origin)
        planned = self._intake.plan_copy(row, events, records, now_ms)
        [created] = planned[-1].runs
        appended = await self._append(planned)
        if appended.dropped:
            return RerunRefused("flow control", appended.dropped[0].drop.reason)
        return RerunStarted(created.run_id)

    async def _rows(self, selection: Selection) -> AsyncIterator[RunRow]:
        """Those that the store finds by itself."""
        for run_id in selection.run_ids:
            stored = await self._store.load_run(run_id)
            if stored is not None:
                yield stored.row
        page: Sequence[RunRow] = ()
        while not selection.run_ids:
            before = page[-1].run_id if page else None
            query = RunQuery(selection.function_id, selection.status, before=before, limit=LISTED_ROWS)
            page = await self._store.list_runs(query)
            for row in page:
                yield row
            if len(page) < LISTED_ROWS:
                return

    async def _holds(self, condition: Condition, run_id: str) -> bool:
        stored = await self._store.load_run(run_id)
        return stored is not None and holds(condition, stored)


def is_meant(row: RunRow, selection: Selection) -> bool:
    """Whether a run fits all of a selection but its condition."""
    return (
        (selection.function_id is None or row.function_id == selection.function_id)
        and (selection.status is None or row.status is selection.status)
        and (selection.since_ms is None or row.created_at_ms >= selection.since_ms)
        and (selection.until_ms is None or row.created_at_ms < selection.until_ms)
        and selection.is_live in {None, row.status not in ENDED}
    )


def holds(condition: Condition, stored: StoredRun) -> bool:
    """Whether an expression is true of what started a run; it is false where it fails."""
    event = stored.events[-1]
    return condition.holds(event_value(event), None, now_ms=event.received_at_ms)
