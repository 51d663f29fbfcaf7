"""What the engine lets in is a setting: events that nobody declared, and how many and how large."""

import pytest
from tests.behaviour.conftest import Placed, World, handles

from surestep import Context, Step
from surestep.engines.api import RawEvent
from surestep.engines.border import Rules
from surestep.engines.embedded import Engine
from surestep.errors import EventRejectedError
from surestep.testing import InlineRegistry


@handles(Placed)
async def process(ctx: Context[Placed], step: Step) -> None: ...


async def engine_of(world: World, rules: Rules) -> Engine:
    registry = InlineRegistry("shop", world.events, (process,))
    return Engine(registry=registry, store=await world.open(), clock=world.clock, rules=rules)


async def test_undeclared_events_can_be_accepted_and_start_nothing(world: World) -> None:
    async with await engine_of(world, Rules(unknown_events="accept")) as engine:
        ids = await engine.send(
            [RawEvent("anything at all", {"a": [1, None]}, "once", v="7"), RawEvent("order/placed")]
        )
        await engine.idle()
        first = (await engine.list_events(name="anything at all"))[0]
        assert (first.event_id, first.data, first.id, first.v) == (ids[0], {"a": [1, None]}, "once", "7")
        assert [run.function_id for run in await engine.list_runs()] == ["process"]


@pytest.mark.parametrize(
    "event", [RawEvent("Inngest/x"), RawEvent("order/placed", {"amount": "x"}), RawEvent("x", ts=5)]
)
async def test_all_else_is_refused_as_ever(world: World, event: RawEvent) -> None:
    async with await engine_of(world, Rules(unknown_events="accept")) as engine:
        with pytest.raises(EventRejectedError):
            await engine.send([event])
        assert await engine.list_events() == []


async def test_limits_are_settings(world: World) -> None:
    async with await engine_of(world, Rules(events_per_request=2, event_bytes=30)) as engine:
        with pytest.raises(EventRejectedError, match="3 events in one request; the limit EVENTS_PER_REQUEST is 2"):
            await engine.send([RawEvent("order/placed")] * 3)
        with pytest.raises(EventRejectedError, match="34 bytes; the limit EVENT_BYTES is 30"):
            await engine.send([RawEvent("order/placed", {"order_id": "x" * 19})])
        assert len(await engine.send([RawEvent("order/placed", {"order_id": "x"})] * 2)) == 2
