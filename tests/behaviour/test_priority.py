"""Priority orders whatever waits, also where nothing but a full engine or a pause holds a run up."""

import asyncio

import pytest
from tests.behaviour.conftest import OrderData, Placed, World, handles, settle

from surestep import Context, Handler, Step
from surestep.core.policies.pause import PauseMode
from surestep.core.records import RunStatus
from surestep.engines import fleet
from surestep.engines.api import RawEvent
from surestep.testing import Bench

PRIORITY = "int(event.data.amount)"


async def send(bench: Bench, *amounts: int) -> None:
    await bench.engine.send([RawEvent("order/placed", {"amount": amount}) for amount in amounts])


def working(begun: list[int], may_end: asyncio.Event) -> Handler:
    async def work(amount: int) -> None:
        begun.append(amount)
        await may_end.wait()

    @handles(Placed, function_id="work", priority=PRIORITY)
    async def handle(ctx: Context[Placed], step: Step) -> None:
        await step.run("work", work, ctx.event.data.amount)

    return handle


async def test_in_a_full_engine_the_higher_priority_goes_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    begun: list[int] = []
    may_end = asyncio.Event()
    async with world.run(working(begun, may_end)) as bench:
        await send(bench, 0, 1, 600, 7)
        await settle(bench)
        assert begun == [0]
        may_end.set()
        await bench.finish()
        assert begun == [0, 600, 7, 1]


async def test_the_order_of_a_full_engine_outlasts_a_crash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    begun: list[int] = []
    async with world.run(working(begun, asyncio.Event())) as bench:
        await send(bench, 0, 1, 600, 7)
        await settle(bench)
        await world.crash(bench)
    begun.clear()
    may_end = asyncio.Event()
    may_end.set()
    async with world.run(working(begun, may_end)) as bench:
        await bench.finish()
        assert begun == [0, 600, 7, 1]  # what had begun begins first


async def test_what_waited_while_a_function_was_paused_goes_by_priority(world: World) -> None:
    order: list[int] = []

    async def note(amount: int) -> None:  # on the loop: threads would race
        order.append(amount)

    @handles(Placed, function_id="work", priority=PRIORITY)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("note", note, ctx.event.data.amount)

    async with world.run(work) as bench:
        await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.send(*(Placed(data=OrderData(amount=amount)) for amount in (1, 600, 7)))
        assert [run.run.status for run in await bench.runs()] == [RunStatus.QUEUED] * 3
        await bench.engine.flow.resume("work")
        await bench.finish()
        assert order == [600, 7, 1]
