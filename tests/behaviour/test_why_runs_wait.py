"""Every run that flow control holds says which policy holds it, with key, position and, where known, the time."""

from typing import Any

from tests.behaviour.conftest import START_MS, OrderData, Placed, World, handles

from surestep import Context, Handler, Step
from surestep.engines.flow_api import Hold, QueueRow
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
        assert bench.engine.flow.list_queue() == [QueueRow("work", "concurrency", "a", 2, 1, 1)]
        await bench.finish()
        assert await holds(bench) == [None] * 4
        assert bench.engine.flow.list_queue() == []


async def test_a_throttle_tells_when_each_run_begins(world: World) -> None:
    async with world.run(working(throttle=Throttle(1, 10_000))) as bench:
        await bench.send(*orders("abc"))
        assert await holds(bench) == [
            None,
            Hold("throttle", None, 1, START_MS + 10_000),
            Hold("throttle", None, 2, START_MS + 20_000),
        ]
        assert bench.engine.flow.list_queue() == [QueueRow("work", "throttle", None, 2, starts_at_ms=START_MS + 10_000)]


async def test_a_run_that_is_put_off_tells_until_when(world: World) -> None:
    async with world.run(working(debounce=Debounce(10_000, key=KEY))) as bench:
        await bench.send(*orders("a"))
        assert await holds(bench) == [Hold("debounce", "a", None, START_MS + 10_000)]


async def test_a_batch_tells_when_it_begins_at_the_latest(world: World) -> None:
    async with world.run(working(batch_events=BatchEvents(9, 5_000))) as bench:
        await bench.send(*orders("ab"))
        assert await holds(bench) == [Hold("batch_events", None, None, START_MS + 5_000)]


async def test_an_event_for_later_tells_when(world: World) -> None:
    async with world.run(working()) as bench:
        await bench.send(*orders("a", ts=START_MS + 60_000))
        assert await holds(bench) == [Hold("ts", starts_at_ms=START_MS + 60_000)]


async def test_the_queue_is_listed_for_one_function_where_most_wait_first(world: World) -> None:
    other = handles(Placed, function_id="other", concurrency=(Concurrency(1, per="run"),))(working().call)
    async with world.run(working(concurrency=(Concurrency(1, key=KEY, per="run"),)), other) as bench:
        await bench.send(*orders("aaabb"))
        assert [(row.function_id, row.key, row.waiting) for row in bench.engine.flow.list_queue()] == [
            ("other", None, 4),
            ("work", "a", 2),
            ("work", "b", 1),
        ]
        assert [row.waiting for row in bench.engine.flow.list_queue(function_id="work", limit=1)] == [2]
