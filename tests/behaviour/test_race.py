"""`step.race`: the first to finish wins, the losers are dropped at once, and a replay agrees."""

import asyncio
import time
from typing import Any

import pytest
from tests.behaviour.conftest import (
    ONCE,
    TWICE,
    OrderData,
    Paid,
    Placed,
    Withdrawn,
    World,
    error_of,
    handles,
    result_of,
)

from surestep import Context, Step, StepError
from surestep.core.commands import StepKey
from surestep.core.records import RunStatus
from surestep.core.signals import TimerDue, TimerPurpose
from surestep.engines.api import StepStatus
from surestep.testing import Bench


async def steps_of(bench: Bench) -> dict[str, str]:
    return {step.key: step.status.value for step in (await bench.run()).steps}


async def nothing_is_left(bench: Bench) -> bool:
    return await bench.store.next_due_ms() is None and not await bench.store.ready_runs()


@handles(Placed, result=str)
async def paid_or_withdrawn(ctx: Context[Placed], step: Step) -> str:
    first = await step.race(
        step.wait_for_event("paid", Paid, timeout="30d", match="data.order_id"),
        step.wait_for_event("withdrawn", Withdrawn, timeout="20d", match="data.order_id"),
        step.sleep("too-late", "10d"),
    )
    await step.sleep("pause", "1h")
    return f"{first.name} {first.data.order_id}" if first else "nothing"


async def test_the_first_to_finish_wins_and_the_waits_and_timers_of_the_losers_are_gone(world: World) -> None:
    async with world.run(paid_or_withdrawn) as bench:
        await bench.send(Placed())
        await bench.advance("1d")
        await bench.send(Withdrawn())
        assert await steps_of(bench) == {
            "paid": "dropped",
            "withdrawn": "completed",
            "too-late": "dropped",
            "pause": "waiting",
        }
        assert await bench.store.next_due_ms() == bench.clock.now_ms() + 3_600_000
        await bench.send(Paid())
        await bench.advance("1h")
        assert await result_of(bench) == "order/withdrawn o-1"
        assert await nothing_is_left(bench)


async def test_a_race_goes_on_after_a_restart(world: World) -> None:
    async with world.run(paid_or_withdrawn) as bench:
        await bench.send(Placed())
    async with world.run(paid_or_withdrawn) as bench:
        await bench.advance("10d")
        await bench.send(Paid())
    async with world.run(paid_or_withdrawn) as bench:
        await bench.finish()
        assert await result_of(bench) == "nothing"


async def test_of_two_that_end_at_one_instant_exactly_one_wins(world: World) -> None:
    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        async def named(name: str) -> str:
            await step.sleep(name, "1m")
            return name

        return [await step.race(named("b"), named("a"), named("c")) for _ in range(2)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == ["a", "a"]  # timers of one instant fire in the order of their ids
        assert (await bench.run()).run.ended_at_ms == (await bench.run()).run.created_at_ms + 120_000


async def test_a_body_in_progress_finishes_and_its_result_is_dropped(world: World) -> None:
    made: list[str] = []
    gate = asyncio.Event()

    async def slow() -> str:
        made.append("began")
        await gate.wait()
        made.append("finished")
        return "slow"

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        paid = await step.race(step.run("slow", slow), step.wait_for_event("paid", Paid, timeout="1h"))
        await step.run("after", made.append, "after")
        await step.sleep("pause", "1m")
        return str(paid if isinstance(paid, str) or paid is None else paid.data.amount)

    async with world.run(process) as bench:
        placed = asyncio.create_task(bench.send(Placed()))
        while made != ["began"]:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0)
        other = asyncio.create_task(bench.send(Paid(data=OrderData(amount=7))))
        while "after" not in made:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        assert made == ["began", "after"]
        gate.set()
        await asyncio.gather(placed, other)
        assert (await steps_of(bench))["slow"] == "dropped"
        await bench.finish()
        assert await result_of(bench) == "7"
    assert made == ["began", "after", "finished"]


async def test_a_loser_that_failed_is_not_tried_again(world: World) -> None:
    attempts: list[int] = []

    def fails() -> None:
        attempts.append(1)
        raise ValueError("no")

    @handles(Placed, retries=TWICE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.race(step.run("fails", fails), step.sleep("short", "500ms"))
        await step.sleep("long", "1h")
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "done"
        assert (await steps_of(bench))["fails"] == StepStatus.DROPPED
    assert attempts == [1]


async def test_a_crash_after_the_race_does_not_run_the_losers_body_again(world: World) -> None:
    begun: list[str] = []

    async def never() -> None:
        begun.append("never")
        await asyncio.Event().wait()

    async def stuck() -> None:
        begun.append("stuck")
        if begun.count("stuck") == 1:
            await asyncio.Event().wait()

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.race(step.run("never", never), step.run("quick", int))
        await step.run("stuck", stuck)
        return "done"

    async with world.run(process) as bench:
        sending = asyncio.create_task(bench.send(Placed()))
        while "stuck" not in begun:  # noqa: ASYNC110 -- the body tells
            await asyncio.sleep(0.001)
        await world.crash(bench)
        await asyncio.gather(sending, return_exceptions=True)
    async with world.run(process) as bench:
        await bench.finish()
        assert await result_of(bench) == "done"
    assert begun == ["never", "stuck", "stuck"]


async def test_a_losing_branch_is_closed_and_its_finally_blocks_run_inner_first(world: World) -> None:
    seen: list[str] = []

    async def inner(step: Step) -> None:
        try:
            await step.sleep("inner", "2d")
        finally:
            seen.append("inner")

    async def loser(step: Step) -> None:
        try:
            await step.sleep("first", "1h")
            await step.gather(inner(step), step.sleep("beside", "3d"))
        finally:
            seen.append("outer")

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.race(loser(step), step.sleep("winner", "1d"))
        result, seen[:] = " ".join(seen), []
        await step.sleep("pause", "1h")
        return result

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert (await bench.run()).run.ended_at_ms == (await bench.run()).run.created_at_ms + 25 * 3_600_000
        assert await nothing_is_left(bench)


async def test_a_step_in_the_finally_block_of_a_loser_fails_the_run_by_name(world: World) -> None:
    made: list[str] = []

    async def loser(step: Step) -> None:
        try:
            await step.sleep("long", "1d")
        finally:
            await step.run("clean-up", made.append, "clean-up")

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.gather(step.race(loser(step), step.sleep("short", "1s")), step.sleep("other", "2d"))
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1s")
        assert await error_of(bench) == (
            "StepUsageError",
            "step 'clean-up' is used by a branch that has lost a race and is being closed; use it after the race",
        )
    assert made == []


async def test_races_and_groups_may_be_nested(world: World) -> None:
    @handles(Placed, result=list[Any])
    async def process(ctx: Context[Placed], step: Step) -> list[Any]:
        first, second = await step.gather(
            step.race(
                step.gather(step.run("one", lambda: 1), step.sleep("pause", "2s")),
                step.gather(step.sleep("short", "1s"), step.sleep("long", "3s")),
            ),
            step.race(step.race(step.sleep("a", "9s"), step.run("two", lambda: 2)), step.sleep("b", "8s")),
        )
        return [list(first), second]

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == [[1, None], 2]
        assert (await bench.run()).run.ended_at_ms == (await bench.run()).run.created_at_ms + 2_000
        assert await steps_of(bench) == {
            "one": "completed",
            "pause": "completed",
            "short": "completed",
            "long": "dropped",
            "a": "dropped",
            "two": "completed",
            "b": "dropped",
        }


async def test_the_error_of_the_first_to_finish_is_raised(world: World) -> None:
    def fails() -> None:
        raise ValueError("first")

    @handles(Placed, retries=ONCE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.race(step.run("fails", fails), step.sleep("long", "1d"))
        except StepError as error:
            return error.message
        return "slept"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "first"


async def test_a_branch_that_needs_no_step_wins_before_anything_is_started(world: World) -> None:
    made: list[str] = []

    async def at_once() -> str:
        return "at once"

    async def late(step: Step) -> str:
        made.append("late")
        return await step.run("late", lambda: "late")

    @handles(Placed, result=list[str | None])
    async def process(ctx: Context[Placed], step: Step) -> list[str | None]:
        known = step.run("known", lambda: "known")
        await known
        first = await step.race(step.run("asked", made.append, "asked"), at_once(), late(step))
        second = await step.race(known, step.run("never", made.append, "never"), late(step), step.gather(late(step)))
        return [first, str(second)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == ["at once", "known"]
        assert await steps_of(bench) == {"known": "completed", "asked": "dropped"}
    assert made == []


async def test_a_step_that_somebody_else_still_waits_for_is_not_dropped(world: World) -> None:
    @handles(Placed, result=list[object])
    async def process(ctx: Context[Placed], step: Step) -> list[object]:
        shared = step.wait_for_event("shared", Paid, timeout="1h")

        async def waits() -> int:
            paid = await shared
            return paid.data.amount if paid else -1

        return list(await step.gather(step.race(shared, step.sleep("short", "1s")), waits()))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("2s")
        await bench.send(Paid(data=OrderData(amount=3)))
        assert await result_of(bench) == [None, 3]


async def test_two_branches_that_wait_for_one_step(world: World) -> None:
    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        shared = step.sleep("shared", "1s")

        async def waits(name: str) -> str:
            await shared
            return name

        return await step.race(waits("a"), waits("b"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "a"


async def test_awaiting_a_step_that_was_dropped_fails_the_run_by_name(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        loser = step.sleep("loser", "1h")
        await step.race(loser, step.sleep("winner", "1s"))
        await loser

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == (
            "StepUsageError",
            "step 'loser' has lost a race and was dropped; make a new step to ask again",
        )


@pytest.mark.parametrize(
    ("branches", "message"),
    [
        ((), "race got no branches; pass steps, or coroutines that use steps"),
        ((5,), "race got 5; pass steps, or coroutines that use steps"),
    ],
)
async def test_a_race_of_nothing_fails_the_run_at_once(world: World, branches: tuple[int, ...], message: str) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.race(*branches)  # type: ignore[call-overload]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("StepUsageError", message)


async def test_a_race_with_a_step_that_ends_in_its_own_checkpoint_leaves_no_timer(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        sent = await step.race(
            step.sleep("long", "1d"),
            step.wait_for_event("paid", Paid, timeout="1d"),
            step.send_event("tell", Withdrawn()),
        )
        await step.wait_for_event("later", Paid, timeout="1h")
        return len(sent) if isinstance(sent, list) else 0

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await bench.store.next_due_ms() == bench.clock.now_ms() + 3_600_000
        await bench.send(Paid())
        assert await result_of(bench) == 1


async def test_a_signal_for_a_dropped_step_that_was_under_way_changes_nothing(world: World) -> None:
    async with world.run(paid_or_withdrawn) as bench:
        await bench.send(Placed())
        await bench.send(Paid())
        run_id = (await bench.run()).run.run_id
        delivery = await bench.store.signal(run_id, TimerDue(TimerPurpose.SLEEP, StepKey("too-late")))
        assert delivery is not None
        bench.engine._fleet.deliver(delivery)
        await bench.finish()
        assert await result_of(bench) == "order/paid o-1"


async def test_a_race_that_is_decided_while_the_handler_rests_is_decided_the_same_afterwards(world: World) -> None:
    @handles(Placed, retries=TWICE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        async def flaky() -> str:
            await step.run("one", int)
            if ctx.attempt == 0:
                raise ValueError("first attempt")
            return await step.race(named("x"), named("a"))

        async def named(name: str) -> str:
            await step.sleep(name, "500ms")
            return name

        first, second = await step.gather(flaky(), step.race(named("z"), named("b")))
        return first + second

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "ab"


async def test_a_run_that_was_cancelled_in_a_race_is_over(world: World) -> None:
    async with world.run(paid_or_withdrawn) as bench:
        await bench.send(Placed())
        await bench.engine.cancel_run((await bench.run()).run.run_id)
        await bench.finish()
        assert (await bench.run()).run.status is RunStatus.CANCELLED
        assert await nothing_is_left(bench)


async def test_what_a_losers_finally_block_must_not_do_blocks_the_run(world: World) -> None:
    async def loser(step: Step) -> None:
        try:
            await step.sleep("long", "1d")
        finally:
            time.time()

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.race(loser(step), step.sleep("short", "1s"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("1s")
        run = await bench.run()
        assert run.run.status is RunStatus.BLOCKED
        assert run.error is not None
        assert "time.time" in run.error.message
