"""Batches: one run for several events."""

from typing import Any, Literal

import pytest
from tests.behaviour.conftest import START_MS, OrderData, Placed, World, handles

from surestep import Context, Data, Event, Handler, Step
from surestep.core.policies import batch
from surestep.testing import Bench
from surestep_dsl.flow import BatchEvents, Concurrency, RateLimit, Throttle


def batched(rule: BatchEvents, **options: Any) -> Handler:
    @handles(Placed, function_id="work", batch_events=rule, result=str, **options)
    async def work(ctx: Context[Placed], step: Step) -> str:
        await step.run("work", str)
        return "".join(event.data.order_id for event in ctx.events)

    return work


def orders(names: str, amount: int = 0) -> list[Placed]:
    return [Placed(data=OrderData(order_id=name, amount=amount)) for name in names]


async def ran(bench: Bench) -> list[tuple[object, int | None]]:
    """Results and starts, in seconds from the beginning."""
    found = await bench.runs("work")
    return [(run.result, run.run.started_at_ms and (run.run.started_at_ms - START_MS) // 1_000) for run in found]


async def test_a_full_batch_begins_at_once_and_the_rest_after_the_timeout(world: World) -> None:
    async with world.run(batched(BatchEvents(3, 5_000))) as bench:
        await bench.send(*orders("abcdefgh"))
        assert await ran(bench) == [("abc", 0), ("def", 0), (None, None)]
        await bench.advance("4s")
        await bench.finish()
        assert await ran(bench) == [("abc", 0), ("def", 0), ("gh", 5)]


async def test_each_key_fills_its_own_batch(world: World) -> None:
    async with world.run(batched(BatchEvents(2, 5_000, key="event.data.order_id"))) as bench:
        await bench.send(*orders("abacb"))
        await bench.finish()
        assert await ran(bench) == [("aa", 0), ("bb", 0), ("c", 5)]


async def test_an_event_that_the_condition_leaves_out_runs_alone(world: World) -> None:
    async with world.run(batched(BatchEvents(2, 5_000, condition="event.data.amount < 10"))) as bench:
        await bench.send(*orders("a"), *orders("b", 99), *orders("c"))
        assert await ran(bench) == [("ac", 0), ("b", 0)]


async def test_a_batch_goes_on_after_a_crash(world: World) -> None:
    handler = batched(BatchEvents(9, 10_000))
    async with world.run(handler) as bench:
        await bench.send(*orders("ab"))
        await bench.advance("4s")
        await world.crash(bench)
    async with world.run(handler) as bench:
        await bench.send(*orders("c"))
        await bench.advance("4s")
        await bench.finish()
        assert await ran(bench) == [("abc", 10)]


async def test_a_batch_is_full_when_its_bytes_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(b'{"order_id":"a","amount":0}')
    monkeypatch.setattr(batch, "BATCH_BYTES", 2 * size + 5)
    async with world.run(batched(BatchEvents(9, 5_000))) as bench:
        await bench.send(*orders("abc"))
        assert await ran(bench) == [("ab", 0), (None, None)]
        await bench.finish()
        monkeypatch.setattr(batch, "BATCH_BYTES", 2 * size)
        await bench.send(*orders("de"))
        assert await ran(bench) == [("ab", 0), ("c", 5), ("de", 5)]


async def test_a_duplicate_joins_nothing(world: World) -> None:
    once = Placed(data=OrderData(order_id="a"), id="once")
    async with world.run(batched(BatchEvents(3, 5_000))) as bench:
        await bench.send(once, once, *orders("b"))
        await bench.finish()
        await bench.send(once)
        await bench.finish()
        assert await ran(bench) == [("ab", 5)]


async def test_limits_count_batches(world: World) -> None:
    limits: dict[str, Any] = {"rate_limit": RateLimit(2, 60_000), "throttle": Throttle(1, 10_000)}
    async with world.run(batched(BatchEvents(2, 5_000), **limits)) as bench:
        await bench.send(*orders("abcde"))
        await bench.finish()
        assert await ran(bench) == [("ab", 0), ("cd", 10), (None, None)]


async def test_a_batch_waits_for_its_place(world: World) -> None:
    @handles(Placed, function_id="work", batch_events=BatchEvents(2, 5_000), concurrency=(Concurrency(1, per="run"),))
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.sleep("work", "1m")

    async with world.run(work) as bench:
        await bench.send(*orders("abcd"))
        await bench.finish()
        assert await ran(bench) == [(None, 0), (None, 60)]


class LargeData(Data, frozen=True):
    text: str


class Large(Event, frozen=True):
    name: Literal["large/sent"] = "large/sent"
    data: LargeData


async def test_eight_large_events_are_one_run(world: World) -> None:
    @handles(Large, batch_events=BatchEvents(8, 5_000), result=int)
    async def work(ctx: Context[Large], step: Step) -> int:
        return sum(len(event.data.text) for event in ctx.events)

    world.events = (Large,)
    async with world.run(work) as bench:
        await bench.send(*[Large(data=LargeData(text="x" * 500_000))] * 8)
        assert (await bench.run()).result == 4_000_000
