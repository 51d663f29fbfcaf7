"""What things cost: one commit per plain step, and nothing at all while nothing happens."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from tests.behaviour.conftest import START_MS, Placed, World, handles, result_of

from surestep import Context, Step
from surestep.engines.clock import SystemClock
from surestep.engines.embedded import Engine
from surestep.storage.port import Store
from surestep.testing import Bench, InlineRegistry
from surestep_dsl.flow import Concurrency, CronTrigger, Debounce, Throttle

_METHODS = ("append_events", "commit", "hold", "fire_timers", "next_due_ms", "signal", "ready_runs", "load_run")


def counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    calls: Counter[str] = Counter()

    def counting(name: str) -> Any:
        method = getattr(store, name)

        async def call(*args: object) -> object:
            calls[name] += 1
            return await method(*args)

        return call

    for name in _METHODS:
        monkeypatch.setattr(store, name, counting(name))
    return calls


@handles(Placed, result=int)
async def three(ctx: Context[Placed], step: Step) -> int:
    return sum([await step.run("one", lambda: 1) for _ in range(3)])


@handles(Placed)
async def sleepy(ctx: Context[Placed], step: Step) -> None:
    await step.sleep("pause", "1h")


async def test_a_plain_step_costs_one_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.run(three) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert calls == {"append_events": 1, "commit": 3}
        assert await result_of(bench) == 3


@pytest.mark.parametrize(
    ("options", "held"), [({"concurrency": (Concurrency(1),)}, {}), ({"throttle": Throttle(1, 1_000)}, {"hold": 1})]
)
async def test_only_a_throttle_stores_the_start_of_a_run_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], held: dict[str, int]
) -> None:
    async with world.run(handles(Placed, function_id="three", result=int, **options)(three.call)) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert calls == {"append_events": 1, "commit": 3, **held}


async def test_steps_without_bodies_that_follow_each_other_share_a_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @handles(Placed)
    async def sends(ctx: Context[Placed], step: Step) -> None:
        for _ in range(3):
            await step.send_event("tell", [])

    async with world.run(sends) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        assert calls == {"append_events": 1, "commit": 1}


async def test_an_idle_engine_asks_its_store_nothing_and_wakes_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nightly = handles(function_id="nightly", triggers=(CronTrigger("0 0 * * *"),))(sleepy.call)
    async with world.run(sleepy, nightly) as bench:
        await bench.send(Placed())
        await asyncio.sleep(0.02)
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        wakes: list[object] = []
        loop = asyncio.get_running_loop()
        call_soon = loop.call_soon

        def noted(*args: Any, **options: Any) -> object:
            wakes.append(args)
            return call_soon(*args, **options)

        monkeypatch.setattr(loop, "call_soon", noted)
        await asyncio.sleep(0.05)
        monkeypatch.undo()
    assert calls == {}
    assert len(wakes) <= 2  # this test's own sleep


async def test_an_idle_engine_on_the_machines_clock_sets_no_alarm_within_seconds(world: World) -> None:
    store = await world.open()
    async with Engine(registry=InlineRegistry("shop", [Placed], [sleepy]), store=store, clock=SystemClock()):
        await asyncio.sleep(0.01)
        loop: Any = asyncio.get_running_loop()
        assert [handle for handle in loop._scheduled if handle.when() < loop.time() + 5] == _own(loop)


def _own(loop: Any) -> list[object]:
    return [handle for handle in loop._scheduled if "surestep" not in repr(handle) and handle.when() < loop.time() + 5]


async def test_runs_that_wait_hold_no_driver_beyond_the_cache(world: World) -> None:
    world.cached_turns = min(world.cached_turns, 3)
    async with world.run(sleepy) as bench:
        await bench.send(*(Placed() for _ in range(10)))
        assert (len(bench.engine._fleet._drivers), len(bench.engine._fleet._resting)) == (0, world.cached_turns)
        await bench.advance("1h")
        assert len(bench.engine._fleet._resting) == 0


async def test_waking_a_run_that_is_kept_reads_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.run(sleepy) as bench:
        await bench.send(Placed())
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.advance("1h")
        expected = {"fire_timers": 1, "next_due_ms": 1, "commit": 1}
        assert calls == (expected if world.cached_turns else {**expected, "load_run": 1})


async def test_a_run_that_was_put_off_needs_no_reading(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    later = handles(Placed, function_id="three", result=int, debounce=Debounce(10_000))(three.call)
    async with world.run(later) as bench:
        await bench.engine.idle()
        calls = counted(bench.store, monkeypatch)
        await bench.send(Placed())
        await bench.advance("10s")
        assert calls == {"append_events": 1, "fire_timers": 1, "next_due_ms": 1, "commit": 3}
        assert await result_of(bench) == 3


async def test_bench_starts_in_2026() -> None:
    async with Bench(InlineRegistry("shop", [Placed], [three])) as bench:
        assert bench.clock.now_ms() == START_MS
