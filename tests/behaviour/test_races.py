"""Things that happen at the same time, in the orders that hurt."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from tests.behaviour.conftest import (
    START_MS,
    OrderData,
    Paid,
    Placed,
    World,
    handles,
    result_of,
    status_of,
)

from surestep import Context, Step
from surestep.core.records import RunStatus, StepSucceeded
from surestep.engines import fleet
from surestep.engines.api import RawEvent
from surestep.engines.execution import Execution
from surestep.errors import StaleCheckpointError
from surestep.storage.port import Appended, Checkpoint, RunQuery
from surestep_dsl.flow import Backoff, CancelOn, Retries


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 -- bodies say nothing
        await asyncio.sleep(0)


async def test_a_body_that_ends_while_its_segment_rests_is_not_run_again(world: World) -> None:
    made: list[str] = []
    released = asyncio.Event()

    async def slow() -> str:
        made.append(f"slow at {(world.clock.now_ms() - START_MS) // 1000}")
        await released.wait()
        return "slow"

    async def branch(ctx: Context[Placed], step: Step) -> str:
        quick = await step.run("quick", str, "quick")
        made.append(f"segment {ctx.attempt} at {(world.clock.now_ms() - START_MS) // 1000}")
        if ctx.attempt == 0:
            raise ValueError("flaky")
        return quick

    @handles(Placed, retries=Retries(1, Backoff(60_000, jitter_ms=0)), result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        return list(await step.gather(step.run("slow", slow), branch(ctx, step)))

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await until(lambda: len(made) == 2)
        released.set()
        await bench.finish()
        assert await result_of(bench) == ["slow", "quick"]
    assert sorted(made) == ["segment 0 at 0", "segment 1 at 60", "slow at 0"]


async def test_a_body_still_in_progress_when_its_segment_is_tried_again_is_not_started_twice(world: World) -> None:
    made: list[str] = []
    released = asyncio.Event()

    async def slow() -> str:
        made.append("slow")
        await released.wait()
        return "slow"

    async def branch(ctx: Context[Placed], step: Step) -> None:
        await step.run("quick", int)
        made.append("segment")
        if ctx.attempt == 0:
            raise ValueError("flaky")

    @handles(Placed, retries=Retries(1, Backoff(60_000, jitter_ms=0)), result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        slowly, _ = await step.gather(step.run("slow", slow), branch(ctx, step))
        return slowly

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed")])
        await until(lambda: len(made) == 2)
        await world.clock.advance_to(START_MS + 60_000)
        await until(lambda: len(made) == 3)
        released.set()
        await bench.finish()
        assert await result_of(bench) == "slow"
    assert made.count("slow") == 1


async def test_a_signal_for_a_run_that_is_just_being_read_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @handles(Placed, result=int)
    async def waits(ctx: Context[Placed], step: Step) -> int:
        await step.sleep("pause", "1m")
        paid = [await step.wait_for_event("payment", Paid, timeout="1h") for _ in range(2)]
        return sum(one.data.amount for one in paid if one)

    async with world.run(waits) as bench:
        await bench.send(Placed())
        await bench.advance("1m")
    async with world.run(waits) as bench:
        load_run = bench.store.load_run

        async def slow(run_id: str) -> object:
            stored = await load_run(run_id)
            if not sent:
                sent.extend(await bench.engine.send([RawEvent("order/paid", {"amount": 10})]))
            return stored

        sent: list[str] = []
        monkeypatch.setattr(bench.store, "load_run", slow)
        await bench.engine.send([RawEvent("order/paid", {"amount": 1})])
        await bench.engine.idle()
        monkeypatch.undo()
        await bench.send(Paid(data=OrderData(amount=100)))
        await bench.finish()
        assert await result_of(bench) == 101  # the second came before the second wait was registered


async def test_a_cancellation_while_the_last_commit_is_under_way_comes_too_late(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    @handles(Placed, result=str, cancel_on=(CancelOn("order/withdrawn"),))
    async def process(ctx: Context[Placed], step: Step) -> str:
        return await step.run("one", str, "done")

    async with world.run(process) as bench:
        commit = bench.store.commit

        async def slow(checkpoint: Checkpoint) -> Appended:
            await bench.engine.cancel_run(checkpoint.run_id)
            return await commit(checkpoint)

        monkeypatch.setattr(bench.store, "commit", slow)
        await bench.send(Placed())
        monkeypatch.undo()
        assert await result_of(bench) == "done"
    assert caplog.messages == []


async def test_a_checkpoint_that_comes_too_late_makes_the_run_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store had committed, and said that it had not: what follows is decided on what it has."""

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        paid = await step.wait_for_event("payment", Paid, timeout="1h")
        return await step.run("one", str, paid and paid.data.order_id)

    async with world.run(process) as bench:
        await bench.send(Placed())
        commit = bench.store.commit
        stale = [True]

        async def refuses_once(checkpoint: Checkpoint) -> Appended:
            if stale.pop() if stale else False:
                raise StaleCheckpointError("somebody else was here")
            return await commit(checkpoint)

        monkeypatch.setattr(bench.store, "commit", refuses_once)
        await bench.send(Paid())
        monkeypatch.undo()
        assert await result_of(bench) == "o-1"


async def test_event_and_timeout_that_race_give_one_outcome_in_history(world: World) -> None:
    @handles(Placed, result=bool)
    async def waits(ctx: Context[Placed], step: Step) -> bool:
        return await step.wait_for_event("payment", Paid, timeout="1m") is not None

    async with world.run(waits) as bench:
        await bench.send(*(Placed() for _ in range(5)))
        world.clock._now_ms += 60_000
        sending = asyncio.create_task(bench.engine.send([RawEvent("order/paid")]))
        await world.clock.advance_to(world.clock.now_ms())
        await sending
        await bench.finish()
        for run in await bench.runs():
            assert run.run.status is RunStatus.COMPLETED
            records = await bench.history(run.run.run_id)
            assert len([record for record in records if isinstance(record, StepSucceeded)]) == 1


async def test_waking_and_forgetting_many_runs_at_once_loses_none(world: World) -> None:
    world.cached_turns = min(world.cached_turns, 2)

    @handles(Placed, result=int)
    async def waits(ctx: Context[Placed], step: Step) -> int:
        total = 0
        for _ in range(3):
            paid = await step.wait_for_event("payment", Paid, timeout="1h", match="data.order_id")
            total += paid.data.amount if paid else -100
            await step.sleep("pause", "1s")
        return total

    def paid(amount: int) -> list[Paid]:
        return [Paid(data=OrderData(order_id=str(number), amount=amount)) for number in range(20)]

    async with world.run(waits) as bench:
        await bench.send(*(Placed(data=OrderData(order_id=str(number))) for number in range(20)))
        for amount in (1, 10, 100):
            await bench.send(*paid(amount))
            await bench.advance("1s")
        assert [run.result for run in await bench.runs()] == [111] * 20


async def test_a_run_that_is_cancelled_while_it_waits_for_a_place_never_starts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "ACTIVE_RUNS", 1)
    made: list[str] = []
    released = asyncio.Event()

    async def body(order_id: str) -> None:
        made.append(order_id)
        await released.wait()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body, ctx.event.data.order_id)

    async with world.run(process) as bench:
        await bench.engine.send([RawEvent("order/placed", {"order_id": order_id}) for order_id in "ab"])
        await until(lambda: made == ["a"])
        [_, second] = sorted(row.run_id for row in await bench.store.list_runs(RunQuery()))
        assert await bench.engine.cancel_run(second)
        released.set()
        await bench.finish()
        assert [run.run.status for run in await bench.runs()] == [RunStatus.COMPLETED, RunStatus.CANCELLED]
    assert made == ["a"]


async def test_the_error_of_an_internal_fault_is_logged_and_the_engine_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    async with world.run(process) as bench:

        def breaks(self: Execution) -> Any:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(Execution, "go_on", breaks)
            await bench.send(Placed())
        assert await status_of(bench) is RunStatus.QUEUED
        await bench.send(Placed())
        assert [run.run.status for run in await bench.runs()] == [RunStatus.QUEUED, RunStatus.COMPLETED]
    assert any("cannot go on" in message for message in caplog.messages)
    async with world.run(process) as bench:
        await bench.finish()
        assert {run.run.status for run in await bench.runs()} == {RunStatus.COMPLETED}
