"""`step.wait_for_event`: the event or the timeout, exactly one of them."""

import pytest
from tests.behaviour.conftest import (
    TWICE,
    OrderData,
    Paid,
    Placed,
    Withdrawn,
    World,
    error_of,
    handles,
    result_of,
    status_of,
)

from surestep import Context, Step
from surestep.core.records import RunStatus

ORDER_2 = OrderData(order_id="o-2")


@handles(Placed, result=str)
async def any_payment(ctx: Context[Placed], step: Step) -> str:
    paid = await step.wait_for_event("payment", Paid, timeout="1h")
    return "timeout" if paid is None else f"{paid.name} {paid.data.order_id} {paid.data.amount} {bool(paid.id)}"


@handles(Placed, result=int)
async def matched(ctx: Context[Placed], step: Step) -> int:
    paid = await step.wait_for_event("payment", Paid, timeout="1h", match="data.order_id")
    return -1 if paid is None else paid.data.amount


@handles(Placed, result=int)
async def conditional(ctx: Context[Placed], step: Step) -> int:
    condition = "async.data.amount > event.data.amount"
    paid = await step.wait_for_event("payment", Paid, timeout="1h", if_=condition)
    return -1 if paid is None else paid.data.amount


@handles(Placed, result=int)
async def looking_back(ctx: Context[Placed], step: Step) -> int:
    await step.sleep("pause", "1m")
    first = await step.wait_for_event("payment", Paid, timeout="1h", lookback="run")
    second = await step.wait_for_event("payment", Paid, timeout="1h", lookback="run")
    return (first.data.amount if first else -1) * 100 + (second.data.amount if second else -1)


async def test_the_whole_event_is_the_result(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=5)))
        assert await result_of(bench) == "order/paid o-1 5 True"


async def test_without_the_event_the_result_is_none_after_the_timeout(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
        await bench.advance("59m")
        assert await status_of(bench) is RunStatus.WAITING
        await bench.advance("1m")
        assert await result_of(bench) == "timeout"


async def test_an_event_of_another_name_does_not_count(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
        await bench.send(Withdrawn())
        await bench.finish()
        assert await result_of(bench) == "timeout"


async def test_a_match_compares_the_trigger_with_the_event(world: World) -> None:
    async with world.run(matched) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(order_id="o-2", amount=1)), Paid(data=OrderData(amount=2)))
        assert await result_of(bench) == 2


async def test_an_expression_sees_both_events(world: World) -> None:
    async with world.run(conditional) as bench:
        await bench.send(Placed(data=OrderData(amount=10)))
        await bench.send(*(Paid(data=OrderData(amount=amount)) for amount in (9, 10, 11)))
        assert await result_of(bench) == 11


async def test_an_event_before_the_wait_does_not_count(world: World) -> None:
    @handles(Placed, result=bool)
    async def late(ctx: Context[Placed], step: Step) -> bool:
        await step.sleep("pause", "1m")
        return await step.wait_for_event("payment", Paid, timeout="1h") is not None

    async with world.run(late) as bench:
        await bench.send(Placed())
        await bench.send(Paid())
        await bench.finish()
        assert await result_of(bench) is False


async def test_with_lookback_events_since_the_run_began_count_once_each_oldest_first(world: World) -> None:
    async with world.run(looking_back) as bench:
        await bench.send(Paid(data=OrderData(amount=9)))
        await bench.send(Placed())
        await bench.send(*(Paid(data=OrderData(amount=amount)) for amount in (1, 2, 3)))
        await bench.advance("1m")
        assert await result_of(bench) == 102


async def test_parallel_waits_that_look_back_take_an_event_each(world: World) -> None:
    @handles(Placed, result=list[int])
    async def three(ctx: Context[Placed], step: Step) -> list[int]:
        await step.sleep("pause", "1m")
        waits = [step.wait_for_event("payment", Paid, timeout="1h", lookback="run") for _ in range(3)]
        return [paid.data.amount if paid else -1 for paid in await step.gather(*waits)]

    async with world.run(three) as bench:
        await bench.send(Placed())
        await bench.send(*(Paid(data=OrderData(amount=amount)) for amount in (1, 2)))
        await bench.advance("1m")
        await bench.send(Paid(data=OrderData(amount=3)))
        assert await result_of(bench) == [1, 2, 3]


async def test_waits_that_look_back_take_an_event_each_also_of_those_that_come_while_they_wait(world: World) -> None:
    @handles(Placed, result=list[int])
    async def two(ctx: Context[Placed], step: Step) -> list[int]:
        waits = [step.wait_for_event("payment", Paid, timeout="1h", lookback="run") for _ in range(2)]
        return [paid.data.amount if paid else -1 for paid in await step.gather(*waits)]

    async with world.run(two) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=1)))
        await bench.send(Paid(data=OrderData(amount=2)))
        assert await result_of(bench) == [1, 2]


async def test_the_trigger_does_not_fulfil_its_own_runs_wait(world: World) -> None:
    @handles(Placed, result=bool)
    async def waits_for_its_like(ctx: Context[Placed], step: Step) -> bool:
        found = await step.wait_for_event("another", Placed, timeout="1h", lookback="run", match="data.order_id")
        return found is not None

    async with world.run(waits_for_its_like) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) is False


async def test_one_event_fulfils_every_run_that_waits_for_it(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed(), Placed())
        await bench.send(Paid(data=OrderData(amount=5)))
        assert [run.result for run in await bench.runs()] == ["order/paid o-1 5 True"] * 2


async def test_one_event_fulfils_both_waits_of_a_run(world: World) -> None:
    @handles(Placed, result=list[int])
    async def both(ctx: Context[Placed], step: Step) -> list[int]:
        waits = [step.wait_for_event("payment", Paid, timeout="1h") for _ in range(2)]
        return [paid.data.amount for paid in await step.gather(*waits) if paid]

    async with world.run(both) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=5)))
        assert await result_of(bench) == [5, 5]


async def test_event_and_timeout_at_one_instant_give_exactly_one_outcome(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
        await bench.advance("59m59s999ms")
        await world.clock.advance_to(world.clock.now_ms() + 1)
        await bench.send(Paid())
        await bench.finish()
        run = await bench.run()
        assert run.result == "timeout"
        assert [step.key for step in run.steps] == ["payment"]


async def test_a_second_event_finds_nobody_waiting(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=1)), Paid(data=OrderData(amount=2)))
        assert await result_of(bench) == "order/paid o-1 1 True"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"match": "data.order_id", "if_": "true"}, "step 'payment' states both match and if_; state one"),
        (
            {"match": "order_id"},
            (
                "step 'payment' matches 'order_id': `order_id` is not a path to a field of `data`; "
                "write for instance `data.orderId`"
            ),
        ),
        (
            {"match": "data.ordr_id"},
            (
                "step 'payment' matches 'data.ordr_id': `data` has no field `ordr_id` on `order/paid`; "
                "did you mean `order_id`?"
            ),
        ),
    ],
)
async def test_a_wait_that_cannot_be_meant_fails_the_run_at_once(
    world: World, options: dict[str, str], message: str
) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.wait_for_event("payment", Paid, timeout="1h", **options)  # type: ignore[arg-type]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("StepUsageError", message)


@pytest.mark.parametrize("text", ["event.data.amount >", "1"])
async def test_an_expression_that_is_no_condition_fails_the_run_and_harms_no_sender(world: World, text: str) -> None:
    calls: list[int] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        calls.append(1)
        await step.wait_for_event("payment", Paid, timeout="1h", if_=text)

    async with world.run(process) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
        assert name == "StepUsageError"
        assert message.startswith(f"expression {text!r}: ")
        assert len(await bench.send(Paid())) == 1
    assert calls == [1]


async def test_a_wait_goes_on_after_a_restart(world: World) -> None:
    async with world.run(any_payment) as bench:
        await bench.send(Placed())
    async with world.run(any_payment) as bench:
        await bench.send(Paid(data=OrderData(amount=5)))
        assert await result_of(bench) == "order/paid o-1 5 True"


async def test_a_failed_attempt_before_a_wait_registers_one_wait(world: World) -> None:
    attempts: list[int] = []

    def fails_once() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("once")

    @handles(Placed, retries=TWICE, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        await step.run("flaky", fails_once)
        paid = await step.wait_for_event("payment", Paid, timeout="1h")
        return paid.data.amount if paid else -1

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.advance("2s")
        await bench.send(Paid(data=OrderData(amount=5)))
        assert await result_of(bench) == 5
        assert await bench.store.ready_runs() == ()
        assert await bench.store.next_due_ms() is None
