"""Engines start, drain, stop, crash and start again; runs notice nothing but the time that passed."""

import asyncio
import threading

import pytest
from tests.behaviour.conftest import (
    START_MS,
    TWICE,
    LastingStore,
    OrderData,
    Paid,
    Placed,
    Withdrawn,
    World,
    handles,
    result_of,
    status_of,
)

from surestep import Context, Registry, Step
from surestep.authoring.function import Function
from surestep.core.records import RunStatus
from surestep.engines import fleet, patience
from surestep.engines.api import RawEvent
from surestep.engines.embedded import Engine
from surestep.engines.waiters import waiter_matches
from surestep.errors import ConfigurationError, StoreError
from surestep.storage.port import Appended, Checkpoint, NewEvent, NewRun, StoredEvent
from surestep.testing import InlineRegistry
from surestep.testing.faults import FaultyStore, InjectedFaultError
from surestep_dsl.flow import CancelOn, EventTrigger, FunctionOptions

declared: Function[object, object] = Function(
    FunctionOptions("lost", triggers=(EventTrigger("order/placed"),)), events=(Placed,)
)


@handles(Placed, result=str)
async def process(ctx: Context[Placed], step: Step) -> str:
    await step.run("first", int)
    await step.sleep("pause", "1m")
    await step.run("second", int)
    return "done"


async def test_closing_waits_for_bodies_in_progress_and_keeps_their_results(world: World) -> None:
    running, released = asyncio.Event(), asyncio.Event()
    made: list[str] = []

    async def body() -> str:
        running.set()
        await released.wait()
        made.append("body")
        return "result"

    @handles(Placed, result=str)
    async def slow(ctx: Context[Placed], step: Step) -> str:
        result = await step.run("body", body)
        await step.run("after", made.append, "after")
        return result

    async with world.run(slow) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        closing = asyncio.create_task(bench.engine.close())
        await asyncio.sleep(0)
        assert not closing.done()
        released.set()
        await closing
    assert made == ["body"]
    async with world.run(slow) as bench:
        await bench.finish()
        assert await result_of(bench) == "result"
    assert made == ["body", "after"]


async def test_a_crash_in_a_body_makes_it_run_again(world: World) -> None:
    running = asyncio.Event()
    made: list[str] = []

    async def body() -> None:
        made.append("began")
        running.set()
        if len(made) == 1:
            await asyncio.sleep(60)
        made.append("ended")

    @handles(Placed)
    async def slow(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)

    async with world.run(slow) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        await world.crash(bench)
    async with world.run(slow) as bench:
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED
    assert made == ["began", "began", "ended"]


async def test_closing_at_once_breaks_coroutine_bodies_off(world: World) -> None:
    running = asyncio.Event()
    made: list[str] = []

    async def body() -> None:
        running.set()
        try:
            await asyncio.sleep(60)
        finally:
            made.append("broken off")

    @handles(Placed)
    async def slow(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)

    async with world.run(slow) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await running.wait()
        await bench.engine.close(at_once=True)
        assert made == ["broken off"]


async def test_runs_beyond_the_places_wait_for_one_and_survive_a_close(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 2)
    running: list[int] = []
    most: list[int] = []
    released = asyncio.Event()

    async def body() -> None:
        running.append(1)
        most.append(len(running))
        await released.wait()
        running.pop()

    @handles(Placed)
    async def crowded(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)
        await step.sleep("pause", "1m")

    async with world.run(crowded) as bench:
        await bench.engine.send([RawEvent("order/placed") for _ in range(7)])
        while len(running) < 2:  # noqa: ASYNC110 -- bodies say nothing
            await asyncio.sleep(0)
        released.set()
        await bench.engine.close()
    assert max(most) == 2
    async with world.run(crowded) as bench:
        await bench.finish()
        assert {run.run.status for run in await bench.runs()} == {RunStatus.COMPLETED}
        assert len(await bench.runs()) == 7
    assert max(most) == 2


async def test_a_signal_for_a_run_in_the_backlog_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    released = asyncio.Event()

    @handles(Placed, cancel_on=(CancelOn("order/withdrawn", match="data.order_id"),))
    async def crowded(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", released.wait)

    async with world.run(crowded) as bench:
        await bench.engine.send(
            [RawEvent("order/placed", {"order_id": order_id}) for order_id in ("a", "b", "c")]
            + [RawEvent("order/withdrawn", {"order_id": "b"})]
        )
        await bench.engine.send([RawEvent("order/withdrawn", {"order_id": "b"})])
        released.set()
        await bench.finish()
        assert [run.run.status for run in await bench.runs()] == [
            RunStatus.COMPLETED,
            RunStatus.CANCELLED,
            RunStatus.COMPLETED,
        ]


async def test_a_run_whose_function_is_gone_waits_is_reported_and_goes_on_when_it_is_back(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Paid, result=str)
    async def other(ctx: Context[Paid], step: Step) -> str:
        return "fine"

    async with world.run(process) as bench:
        await bench.send(Placed())
        run_id = (await bench.run()).run.run_id
    async with world.run(other) as bench:
        await bench.advance("2m")
        await bench.send(Paid())
        assert await result_of(bench, "other") == "fine"
        assert await status_of(bench, "process") is RunStatus.WAITING
    assert f"run {run_id} waits: there is no function process in this app any more" in caplog.messages
    async with world.run(process, other) as bench:
        await bench.finish()
        assert await result_of(bench, "process") == "done"


async def test_a_registry_without_a_handler_is_refused_with_what_is_missing(world: World) -> None:
    registry = Registry(
        "shop",
        functions={"lost": f"{__name__}:declared"},
        handlers={"lost": __name__},
    )
    store = await world.open()
    with pytest.raises(ConfigurationError, match=r"function lost needs 'handle' in .*, which does not define it"):
        await Engine(registry=registry, store=store).__aenter__()
    if world.on_disk:
        await (await world.open()).close()  # it was closed, so it can be opened


async def test_a_store_that_cannot_write_for_a_while_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 0.001)
    made: list[str] = []

    @handles(Placed, result=str, retries=TWICE)
    async def noted(ctx: Context[Placed], step: Step) -> str:
        await step.run("first", made.append, "first")
        await step.sleep("pause", "1m")
        return "done"

    async with world.run(noted) as bench:
        failures = iter([True] * 3)

        def unless_full(method: object) -> object:
            async def call(*args: object) -> object:
                if next(failures, False):
                    raise StoreError("the disk is full")
                return await method(*args)  # type: ignore[operator]

            return call

        for name in ("commit", "fire_timers", "load_run", "next_due_ms"):
            monkeypatch.setattr(bench.store, name, unless_full(getattr(bench.store, name)))
        await bench.send(Placed())
        failures = iter([True] * 3)
        await bench.finish()
        assert await result_of(bench) == "done"
        monkeypatch.undo()
    assert made == ["first"]
    assert any(message.endswith("waits for its store: the disk is full") for message in caplog.messages)


async def test_a_clock_that_goes_back_delays_and_stops_nothing(world: World) -> None:
    made: list[int] = []

    def flaky() -> None:
        made.append(1)
        if len(made) < 2:
            raise ValueError("flaky")

    @handles(Placed, result=str, retries=TWICE)
    async def patient(ctx: Context[Placed], step: Step) -> str:
        await step.run("flaky", flaky)
        await step.sleep("pause", "1m")
        if ctx.attempt == 0:
            raise ValueError("segment")
        await step.sleep("pause", "1m")
        return "done"

    async with world.run(patient) as bench:
        await bench.send(Placed())
        for _ in range(8):
            await bench.advance("40s")
            await world.clock.advance_to(max(START_MS, world.clock.now_ms() - 15_000))
        await bench.finish()
        assert await result_of(bench) == "done"
    assert len(made) == 2


async def test_a_retry_that_fired_before_the_clock_was_put_back_is_not_lost(world: World) -> None:
    made: list[int] = []

    def flaky() -> None:
        made.append(1)
        if len(made) < 2:
            raise ValueError("flaky")

    @handles(Placed, result=str, retries=TWICE)
    async def patient(ctx: Context[Placed], step: Step) -> str:
        await step.run("flaky", flaky)
        return "done"

    async with world.run(patient) as bench:
        await bench.send(Placed())
        world.clock._now_ms += 1_000
        await bench.store.fire_timers(world.clock.now_ms(), 10)
    world.clock._now_ms -= 500
    async with world.run(patient) as bench:
        await bench.advance("0s")
        assert len(made) == 1
        await bench.finish()
        assert await result_of(bench) == "done"


async def test_a_signal_that_arrives_twice_counts_once(world: World) -> None:
    @handles(Placed, result=int)
    async def waits(ctx: Context[Placed], step: Step) -> int:
        first = await step.wait_for_event("payment", Paid, timeout="1h")
        second = await step.wait_for_event("payment", Paid, timeout="1h")
        return sum(paid.data.amount for paid in (first, second) if paid)

    async with world.run(waits) as bench:
        deliver = bench.engine._fleet.deliver
        bench.engine._fleet.deliver = lambda delivery: (deliver(delivery), deliver(delivery))  # type: ignore[assignment, method-assign]
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=1)))
        assert await status_of(bench) is RunStatus.WAITING
        await bench.send(Paid(data=OrderData(amount=10)))
        assert await result_of(bench) == 11


async def test_signals_that_arrive_while_a_commit_is_under_way_are_taken_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @handles(Placed, result=str, cancel_on=(CancelOn("order/withdrawn"),))
    async def sleepy(ctx: Context[Placed], step: Step) -> str:
        await step.sleep("pause", "1m")
        return "done"

    async with world.run(sleepy) as bench:
        commit = bench.store.commit
        sent: list[str] = []

        async def slow(checkpoint: Checkpoint) -> Appended:
            if not sent:
                sent.extend(await bench.engine.send([RawEvent("order/withdrawn")]))
            return await commit(checkpoint)

        monkeypatch.setattr(bench.store, "commit", slow)
        await bench.send(Placed())
        monkeypatch.undo()
        assert await status_of(bench) is RunStatus.CANCELLED


async def test_many_senders_at_once_all_succeed(world: World) -> None:
    @handles(Placed)
    async def quick(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", threading.get_ident)

    async with world.run(quick) as bench:
        answers = await asyncio.gather(*(bench.engine.send([RawEvent("order/placed")]) for _ in range(100)))
        await bench.finish()
        assert len({answer[0] for answer in answers}) == 100
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED] * 100


async def test_an_engine_that_fails_to_start_leaves_nothing_running() -> None:
    begun: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        begun.append("process")

    store = LastingStore(waiter_matches)
    event = StoredEvent("e1", "order/placed", b"{}", "e1", START_MS, START_MS)
    await store.append_events([NewEvent(event, (NewRun("r1", "process", ("e1",), START_MS, START_MS),))])
    failing = FaultyStore(store, fail_at=1, when="before")
    tasks = asyncio.all_tasks()
    with pytest.raises(InjectedFaultError):
        await Engine(registry=InlineRegistry("shop", (Placed,), [process]), store=failing).__aenter__()
    assert asyncio.all_tasks() == tasks
    assert begun == []


async def test_closing_twice_does_no_harm(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed(), Withdrawn())
        await bench.engine.close()
