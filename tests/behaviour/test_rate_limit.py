"""Rate limits and idempotency: what is more than a window holds is skipped, and says why."""

from typing import Any

import pytest
from tests.behaviour.conftest import OrderData, Paid, Placed, World, handles, result_of

from surestep import Context, Handler, Step
from surestep.core.records import RunStatus
from surestep.errors import InvokeError
from surestep.testing import Bench
from surestep_dsl.flow import RateLimit

COMPLETED, SKIPPED = RunStatus.COMPLETED, RunStatus.SKIPPED


def limited(**options: Any) -> Handler:
    @handles(Placed, function_id="work", **options)
    async def work(ctx: Context[Placed], step: Step) -> None:
        await step.run("work", str)

    return work


def order(order_id: str = "a", amount: int = 0, sent: str = "") -> Placed:
    return Placed(data=OrderData(order_id=order_id, amount=amount), id=sent)


async def ends(bench: Bench) -> list[RunStatus]:
    return [run.run.status for run in await bench.runs("work")]


async def test_a_window_holds_so_many_runs_wherever_it_lies(world: World) -> None:
    async with world.run(limited(rate_limit=RateLimit(2, 60_000))) as bench:
        await bench.send(order())
        await bench.advance("50s")
        await bench.send(order(), order())
        await bench.advance("10s")
        await bench.send(order(), order())
        assert await ends(bench) == [COMPLETED, COMPLETED, SKIPPED, COMPLETED, SKIPPED]
        assert (await bench.runs())[2].error is not None
        assert [run.error and run.error.message for run in (await bench.runs())[2:3]] == [
            "rate_limit: there were 2 runs within 1m"
        ]


async def test_each_key_has_its_own_window_and_the_reason_names_it(world: World) -> None:
    async with world.run(limited(rate_limit=RateLimit(1, 86_400_000, key="event.data.order_id"))) as bench:
        await bench.send(order("a"), order("a"), order("b"))
        assert await ends(bench) == [COMPLETED, SKIPPED, COMPLETED]
        skipped = (await bench.runs())[1]
        assert skipped.error is not None
        assert skipped.error.message == 'rate_limit: there was a run within 1d (key "a")'


async def test_an_idempotency_key_starts_one_run_in_a_day(world: World) -> None:
    async with world.run(limited(idempotency="event.data.order_id")) as bench:
        await bench.send(order("a"), order("a"), order("b"))
        await bench.advance("23h")
        await bench.send(order("a"))
        await bench.advance("1h")
        await bench.send(order("a"))
        assert await ends(bench) == [COMPLETED, SKIPPED, COMPLETED, SKIPPED, COMPLETED]


async def test_keys_that_fail_are_one_group_and_are_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with world.run(limited(idempotency="event.data.nothing.here")) as bench:
        await bench.send(order("a", sent="first"), order("b", sent="second"))
        assert await ends(bench) == [COMPLETED, SKIPPED]
    assert caplog.text.count("fails on event second") == 1


async def test_windows_outlast_a_crash(world: World) -> None:
    handler = limited(rate_limit=RateLimit(1, 60_000))
    async with world.run(handler) as bench:
        await bench.send(order())
        await bench.advance("30s")
        await world.crash(bench)
    async with world.run(handler) as bench:
        await bench.send(order())
        await bench.advance("30s")
        await bench.send(order())
        assert await ends(bench) == [COMPLETED, SKIPPED, COMPLETED]


async def test_what_was_skipped_takes_no_place_and_may_be_sent_again_with_its_id(world: World) -> None:
    async with world.run(limited(rate_limit=RateLimit(1, 60_000))) as bench:
        await bench.send(order(sent="one"), order(sent="two"), order(sent="one"))
        await bench.advance("1m")
        await bench.send(order(sent="one"), order(sent="two"))
        assert await ends(bench) == [COMPLETED, SKIPPED, COMPLETED]


async def test_an_invoke_over_the_limit_fails_at_once(world: World) -> None:
    @handles(Paid, triggers=(), function_id="work", takes=OrderData, rate_limit=RateLimit(1, 60_000))
    async def work(ctx: Context[Paid], step: Step) -> None: ...

    @handles(Placed, result=str)
    async def caller(ctx: Context[Placed], step: Step) -> str:
        await step.invoke("one", work.function, OrderData(), timeout="1h")
        try:
            await step.invoke("two", work.function, OrderData(), timeout="1h")
        except InvokeError as error:
            return type(error).__name__
        return "let in"

    async with world.run(caller, work) as bench:
        await bench.send(order())
        assert await result_of(bench, "caller") == "InvokeSkippedError"
