"""Every run that flow control holds says which policy holds it, with key, position and, where known, the time."""

import asyncio
from typing import Any

import pytest
from tests.behaviour.conftest import START_MS, OrderData, Placed, World, handles

from surestep import Context, Handler, Step
from surestep.core.policies.pause import PauseMode
from surestep.engines import fleet
from surestep.engines.api import RawEvent
from surestep.engines.flow_api import Hold, QueueList, QueueRow
from surestep.testing import Bench
from surestep_dsl.flow import BatchEvents, Concurrency, Debounce, Throttle

KEY = "event.data.order_id"


def working(**options: Any) -> Handler:
    @handles(Placed, function_id="work", **options)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("pause", "1m")

    return work


def orders(names: str, **more: Any) -> list[Placed]:
    return [Placed(data=OrderData(order_id=name), **more) for name in names]


async def holds(bench: Bench) -> list[Hold | None]:
    return [run.held for run in await bench.runs()]


async def test_a_limit_tells_the_key_and_the_position(world: World) -> None:
    limit = Concurrency(1, key=KEY, per="run")
    async with world.run(working(concurrency=(limit,))) as bench:
        await bench.send(*orders("aaab"))
        assert await holds(bench) == [None, Hold("concurrency", "a", 1), Hold("concurrency", "a", 2), None]
        assert (await bench.engine.flow.list_queue()).queue == (QueueRow("work", "concurrency", "a", 2, 1, 1),)
        await bench.finish()
        assert await holds(bench) == [None] * 4
        assert (await bench.engine.flow.list_queue()).queue == ()


async def test_a_throttle_tells_when_each_run_begins(world: World) -> None:
    async with world.run(working(throttle=Throttle(1, 10_000))) as bench:
        await bench.send(*orders("abc"))
        assert await holds(bench) == [
            None,
            Hold("throttle", None, 1, START_MS + 10_000),
            Hold("throttle", None, 2, START_MS + 20_000),
        ]
        assert (await bench.engine.flow.list_queue()).queue == (
            QueueRow("work", "throttle", None, 2, starts_at_ms=START_MS + 10_000),
        )


async def test_a_run_that_is_put_off_tells_until_when(world: World) -> None:
    async with world.run(working(debounce=Debounce(10_000, key=KEY))) as bench:
        await bench.send(*orders("a"))
        assert await holds(bench) == [Hold("debounce", "a", None, START_MS + 10_000)]
        row = QueueRow("work", "debounce", "a", 1, starts_at_ms=START_MS + 10_000)
        assert await bench.engine.flow.list_queue() == QueueList((row,), 0, 1)
        await bench.advance("5s")
        await bench.send(*orders("a"))
        row = QueueRow("work", "debounce", "a", 1, starts_at_ms=START_MS + 15_000)
        assert await bench.engine.flow.list_queue() == QueueList((row,), 0, 1)
        await bench.finish()
        assert await bench.engine.flow.list_queue() == QueueList()


async def test_a_batch_tells_when_it_begins_at_the_latest(world: World) -> None:
    async with world.run(working(batch_events=BatchEvents(9, 5_000))) as bench:
        await bench.send(*orders("ab"))
        assert await holds(bench) == [Hold("batch_events", None, None, START_MS + 5_000)]
        row = QueueRow("work", "batch_events", None, 1, 2, 9, START_MS + 5_000)
        assert await bench.engine.flow.list_queue(function_id="work") == QueueList((row,), 0, 1)


async def test_an_event_that_joins_no_batch_waits_for_its_time(world: World) -> None:
    async with world.run(working(batch_events=BatchEvents(9, 5_000, condition="event.data.amount > 0"))) as bench:
        await bench.send(*orders("a", ts=START_MS + 60_000))
        assert await holds(bench) == [Hold("ts", starts_at_ms=START_MS + 60_000)]
        row = QueueRow("work", "ts", None, 1, starts_at_ms=START_MS + 60_000)
        assert (await bench.engine.flow.list_queue()).queue == (row,)


async def test_an_event_for_later_tells_when(world: World) -> None:
    async with world.run(working()) as bench:
        await bench.send(*orders("a", ts=START_MS + 60_000))
        assert await holds(bench) == [Hold("ts", starts_at_ms=START_MS + 60_000)]
        await bench.send(*orders("b", ts=START_MS + 30_000))
        row = QueueRow("work", "ts", None, 2, starts_at_ms=START_MS + 30_000)
        assert (await bench.engine.flow.list_queue()).queue == (row,)


async def test_runs_that_wait_for_the_engine_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    released = asyncio.Event()

    @handles(Placed)
    async def slow(ctx: Context[Placed], step: Step) -> None:
        await step.run("work", released.wait)

    async with world.run(slow) as bench:
        await bench.engine.send([RawEvent("order/placed", {})] * 3)
        assert await bench.engine.flow.list_queue() == QueueList((QueueRow("", "capacity", None, 2),), 0, 2)
        assert (await bench.engine.flow.list_queue(function_id="slow")).queue == ()
        released.set()
        await bench.finish()


async def test_the_queue_is_listed_for_one_function_where_most_wait_first(world: World) -> None:
    other = handles(Placed, function_id="other", concurrency=(Concurrency(1, per="run"),))(working().call)
    async with world.run(working(concurrency=(Concurrency(1, key=KEY, per="run"),)), other) as bench:
        await bench.send(*orders("aaabb"))
        assert [(row.function_id, row.key, row.waiting) for row in (await bench.engine.flow.list_queue()).queue] == [
            ("other", None, 4),
            ("work", "a", 2),
            ("work", "b", 1),
        ]
        first = await bench.engine.flow.list_queue(function_id="work", limit=1)
        assert ([row.waiting for row in first.queue], first.left_off, first.waiting) == ([2], 1, 3)


async def test_what_is_listed_is_the_same_after_a_crash(world: World) -> None:
    def place(function_id: str, **options: Any) -> Handler:
        return handles(Placed, function_id=function_id, **options)(working().call)

    handlers = (
        place("paced", throttle=Throttle(1, 60_000, key=KEY)),
        place("limited", concurrency=(Concurrency(1, key=KEY, per="run"),)),
        place("calm", debounce=Debounce(60_000, key=KEY)),
        place("gathered", batch_events=BatchEvents(9, 60_000)),
        place("stopped"),
    )
    async with world.run(*handlers) as bench:
        await bench.engine.flow.pause("stopped", PauseMode.QUEUE)
        await bench.send(*orders("aaabb"))
        before = await bench.engine.flow.list_queue()
        assert (len(before.queue), before.left_off, before.waiting) == (8, 0, 14)
        await world.crash(bench)
    async with world.run(*handlers) as bench:
        await bench.engine.idle()
        assert await bench.engine.flow.list_queue() == before
        await world.crash(bench)
