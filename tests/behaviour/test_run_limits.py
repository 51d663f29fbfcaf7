"""How much a run may come to is a setting, and a run that comes to more fails at once."""

import pytest
from tests.behaviour.conftest import TWICE, OrderData, Paid, Placed, error_of, handles, result_of

from surestep import Context, Handler, Step
from surestep.core.decisions import RunLimits
from surestep.testing import Bench, InlineRegistry


def bench_of(handler: Handler, limits: RunLimits) -> Bench:
    return Bench(InlineRegistry("shop", (Placed, Paid), [handler]), limits=limits)


@handles(Placed, result=int)
async def three(ctx: Context[Placed], step: Step) -> int:
    return sum([await step.run("one", int, "1") for _ in range(3)])


async def test_steps() -> None:
    async with bench_of(three, RunLimits(steps=2)) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("LimitError", "the run made more than 2 steps (limit STEPS_PER_RUN)")
    async with bench_of(three, RunLimits(steps=3)) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == 3


async def test_more_than_ten_thousand_steps_cannot_be_allowed() -> None:
    assert RunLimits(steps=10_000).steps == 10_000
    with pytest.raises(ValueError, match="a run may make 1 to 10000 steps, not 10001"):
        RunLimits(steps=10_001)


async def test_bytes_of_a_result() -> None:
    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("big", lambda: "x" * 9)

    async with bench_of(process, RunLimits(result_bytes=10)) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("LimitError", "a result of 11 bytes is over the limit RESULT_BYTES = 10")


async def test_bytes_of_all_results_of_a_run() -> None:
    async with bench_of(three, RunLimits(run_bytes=2)) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("LimitError", "the run's results are over the limit RUN_BYTES = 2 in all")


async def test_events_that_are_waited_for_count_as_results() -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.wait_for_event("paid", Paid, timeout="1h")

    async with bench_of(process, RunLimits(run_bytes=1_000)) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(order_id="x" * 1_000)))
        assert await error_of(bench) == ("LimitError", "the run's results are over the limit RUN_BYTES = 1000 in all")
