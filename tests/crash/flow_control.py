"""Functions with policies, for crashes: a crash forgets no window, no event of a batch and nobody in line."""

from collections.abc import Callable, Coroutine
from typing import Any

from tests.behaviour.conftest import Placed, handles

from surestep import Context, Handler, Step
from surestep_dsl.flow import BatchEvents, Concurrency, Debounce, RateLimit, Throttle

__all__ = ["with_policies"]

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
