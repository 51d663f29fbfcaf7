"""Debounce: one run after a quiet time, with the last event."""

import asyncio
from typing import Any

import pytest
from tests.behaviour.conftest import START_MS, OrderData, Paid, Placed, Withdrawn, World, handles, result_of

from surestep import Context, Handler, Step
from surestep.core.policies.pause import PauseMode
from surestep.core.records import RunCancelled, RunStatus
from surestep.engines import fleet
from surestep.engines.api import RawEvent
from surestep.engines.control_api import RerunStarted
from surestep.testing import Bench
from surestep_dsl.flow import CancelOn, Debounce, RateLimit, Singleton, SingletonMode, Timeouts


def debounced(rule: Debounce, **options: Any) -> Handler:
    @handles(Placed, function_id="work", debounce=rule, result=int, **options)
    async def work(ctx: Context[Placed], step: Step) -> int:
        await step.run("work", str)
        return ctx.event.data.amount

    return work


def order(amount: int, order_id: str = "a", **more: Any) -> Placed:
    return Placed(data=OrderData(order_id=order_id, amount=amount), **more)


async def ran(bench: Bench) -> list[tuple[object, int | None]]:
    """Results and starts, in seconds from the beginning."""
    found = await bench.runs("work")
    return [(run.result, (run.run.started_at_ms or START_MS) // 1_000 - START_MS // 1_000) for run in found]


async def test_one_run_begins_a_period_after_the_last_event(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1))
        await bench.advance("6s")
        await bench.send(order(2))
        await bench.advance("6s")
        await bench.send(order(3))
        assert (await bench.run("work")).run.status is RunStatus.QUEUED
        await bench.finish()
        await bench.send(order(4))
        await bench.finish()
        assert await ran(bench) == [(3, 22), (4, 32)]


async def test_each_key_has_its_own_run(world: World) -> None:
    async with world.run(debounced(Debounce(10_000, key="event.data.order_id"))) as bench:
        await bench.send(*(order(number, name) for number, name in enumerate("abcdeabc")))
        await bench.finish()
        assert [result for result, _ in await ran(bench)] == [5, 6, 7, 3, 4]


async def test_an_event_that_happened_earlier_is_ignored(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1, ts=START_MS - 1_000))
        await bench.advance("5s")
        await bench.send(order(2, ts=START_MS - 2_000))
        await bench.finish()
        assert await ran(bench) == [(1, 10)]


async def test_events_without_a_pause_put_the_run_off_to_the_timeout_at_most(world: World) -> None:
    async with world.run(debounced(Debounce(5_000, timeout_ms=10_000))) as bench:
        for number in range(10):
            await bench.send(order(number))
            await bench.advance("1s")
        await bench.finish()
        assert await ran(bench) == [(9, 10)]


async def test_the_quiet_time_goes_on_after_a_crash(world: World) -> None:
    handler = debounced(Debounce(10_000))
    async with world.run(handler) as bench:
        await bench.send(order(1))
        await bench.advance("6s")
        await world.crash(bench)
    async with world.run(handler) as bench:
        await bench.send(order(2))
        await bench.advance("6s")
        await world.crash(bench)
    async with world.run(handler) as bench:
        await bench.finish()
        assert await ran(bench) == [(2, 16)]


async def test_a_waiting_run_can_be_cancelled_and_the_next_event_opens_another(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1))
        await bench.engine.cancel_run((await bench.run("work")).run.run_id)
        await bench.send(order(2))
        await bench.finish()
        assert [run.run.status for run in await bench.runs()] == [RunStatus.CANCELLED, RunStatus.COMPLETED]


async def test_one_that_is_cancelled_while_the_engine_is_full_does_not_begin_when_its_time_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    released = asyncio.Event()

    @handles(Paid)
    async def slow(ctx: Context[Paid], step: Step) -> None:
        await step.run("work", released.wait)

    async with world.run(slow, debounced(Debounce(10_000))) as bench:
        await bench.engine.send([RawEvent("order/placed", {}), RawEvent("order/paid", {})])
        run_id = (await bench.run("work")).run.run_id
        assert await bench.engine.cancel_run(run_id)
        await world.clock.advance_to(START_MS + 10_000)
        released.set()
        await bench.finish()
        assert (await bench.run("work")).run.status is RunStatus.CANCELLED
        assert await bench.history(run_id) == (RunCancelled(START_MS + 10_000, "cancelled by request"),)


async def test_more_runs_than_the_engine_has_places_for_begin_in_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 2)
    async with world.run(debounced(Debounce(10_000, key="event.data.order_id"))) as bench:
        await bench.send(*(order(number, name) for number, name in enumerate("abcdefg")))
        await bench.finish()
        assert await ran(bench) == [(number, 10) for number in range(7)]


async def test_one_that_is_due_while_its_function_is_paused_begins_when_that_is_resumed(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1))
        await bench.engine.flow.pause("work", PauseMode.QUEUE)
        await bench.advance("15s")
        assert (await bench.run("work")).run.status is RunStatus.QUEUED
        await bench.engine.flow.resume("work")
        await bench.finish()
        assert await ran(bench) == [(1, 15)]


async def test_a_cancelling_event_means_the_last_event(world: World) -> None:
    cancelled = debounced(Debounce(10_000), cancel_on=(CancelOn("order/withdrawn", match="data.order_id"),))
    async with world.run(cancelled) as bench:
        await bench.send(order(1, "a"), order(2, "b"))
        await bench.send(Withdrawn(data=OrderData(order_id="a")))
        assert (await bench.run("work")).run.status is RunStatus.QUEUED
        await bench.send(Withdrawn(data=OrderData(order_id="b")))
        assert (await bench.run("work")).run.status is RunStatus.CANCELLED


async def test_the_time_to_start_counts_from_when_the_run_is_due(world: World) -> None:
    async with world.run(debounced(Debounce(10_000), timeouts=Timeouts(start_ms=1_000))) as bench:
        await bench.send(order(1))
        await bench.finish()
        assert await ran(bench) == [(1, 10)]


async def test_duplicates_do_not_put_the_run_off(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1, id="one"))
        await bench.advance("5s")
        await bench.send(order(2, id="two"))
        await bench.advance("5s")
        await bench.send(order(1, id="one"), order(2, id="two"))
        await bench.finish()
        assert await ran(bench) == [(2, 15)]


async def test_a_limit_counts_runs_and_what_is_over_it_puts_nothing_off(world: World) -> None:
    async with world.run(debounced(Debounce(10_000), rate_limit=RateLimit(1, 60_000))) as bench:
        await bench.send(order(1))
        await bench.advance("5s")
        await bench.send(order(2))
        await bench.finish()
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED, RunStatus.SKIPPED]
        assert (await ran(bench))[0] == (1, 10)


async def test_a_singleton_that_waits_for_events_can_be_joined(world: World) -> None:
    async with world.run(debounced(Debounce(10_000), singleton=Singleton(SingletonMode.SKIP))) as bench:
        await bench.send(order(1), order(2))
        await bench.finish()
        assert await ran(bench) == [(2, 10)]


async def test_what_is_invoked_is_not_put_off(world: World) -> None:
    @handles(Paid, result=int)
    async def caller(ctx: Context[Paid], step: Step) -> object:
        return await step.invoke("call", work.function, OrderData(amount=7), timeout="1h")

    work = handles(Placed, function_id="work", debounce=Debounce(10_000), takes=OrderData, result=int)(
        debounced(Debounce(10_000)).call
    )
    async with world.run(caller, work) as bench:
        await bench.send(Paid())
        assert await result_of(bench, "caller") == 7


async def test_what_is_done_again_is_not_put_off(world: World) -> None:
    async with world.run(debounced(Debounce(10_000))) as bench:
        await bench.send(order(1))
        await bench.finish()
        await bench.send(order(2))
        again = await bench.engine.control.rerun((await bench.runs())[0].run.run_id)
        await bench.advance("1s")
        assert isinstance(again, RerunStarted)
        done = await bench.engine.show_run(again.run_id)
        assert done is not None
        assert (done.run.status, done.result) == (RunStatus.COMPLETED, 1)
