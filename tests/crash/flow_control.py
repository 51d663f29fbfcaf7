"""Functions with policies, for crashes: a crash forgets no window, no event of a batch and nobody in line."""

import json
from collections.abc import Callable, Container, Coroutine, Iterable
from itertools import pairwise
from typing import Any

from tests.behaviour.conftest import Placed, handles

from surestep import Context, Handler, Step
from surestep.core.records import ENDED
from surestep.storage.port import QueueState, StoredRun
from surestep_dsl.flow import BatchEvents, Concurrency, Debounce, RateLimit, Throttle

__all__ = ["check_starts", "with_policies"]

Note = Callable[[str], Coroutine[Any, Any, str]]


def with_policies(note: Note) -> list[Handler]:
    @handles(Placed, batch_events=BatchEvents(2, 600_000), result=str)
    async def batched(ctx: Context[Placed], step: Step) -> str:
        names = "".join(event.data.order_id for event in ctx.events)
        return await step.run("note", note, f"batched {names}")

    @handles(Placed, debounce=Debounce(600_000), rate_limit=RateLimit(3, 3_600_000), result=str)
    async def debounced(ctx: Context[Placed], step: Step) -> str:
        return await step.run("note", note, f"debounced {ctx.event.data.order_id}")

    limits = (Concurrency(1, per="run"), Concurrency(1))

    @handles(Placed, throttle=Throttle(1, 10_000), concurrency=limits, result=str)
    async def queued(ctx: Context[Placed], step: Step) -> str:
        name = ctx.event.data.order_id
        await step.gather(step.run("left", note, f"left {name}"), step.run("right", note, f"right {name}"))
        await step.sleep("pause", "15s")
        return await step.run("note", note, f"queued {name}")

    return [batched, debounced, queued]


def check_starts(runs: Iterable[StoredRun], state: QueueState, begun: Container[str]) -> None:
    """What a throttle has let go stays so, whatever crashes: the start is stored before anything is done."""
    queued = {run.row.run_id: run for run in runs if run.row.function_id == "queued"}
    starts = sorted(run.row.started_at_ms for run in queued.values() if run.row.started_at_ms is not None)
    assert all(later - earlier >= 10_000 for earlier, later in pairwise(starts)), f"too soon: {starts}"
    known = {run.run_id for run in state.runs if run.has_begun}
    for run_id, run in queued.items():
        name = json.loads(run.events[0].data)["order_id"]
        has_begun = f"left {name}" in begun or f"right {name}" in begun
        assert not has_begun or run_id in known or run.row.status in ENDED, f"the start of {name} is lost"
