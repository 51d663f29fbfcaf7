"""`step.run`: a body runs once, with its arguments, and its result reaches the handler."""

import asyncio
import threading

from tests.behaviour.conftest import Paid, Placed, World, handles, result_of

from surestep import Context, Step
from surestep.engines.api import RawEvent


async def test_a_function_without_steps_runs_once_and_its_value_is_the_result(world: World) -> None:
    calls: list[str] = []

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        calls.append(ctx.event.data.order_id)
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "done"
    assert calls == ["o-1"]


async def test_each_body_runs_once_and_its_result_is_there_for_later_code(world: World) -> None:
    calls: list[str] = []

    def one() -> int:
        calls.append("one")
        return 1

    async def two(first: int) -> int:
        calls.append("two")
        await asyncio.sleep(0)
        return first + 1

    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        first = await step.run("one", one)
        await step.sleep("pause", "1m")
        second = await step.run("two", two, first)
        await step.sleep("pause", "1m")
        return first + second

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == 3
    assert calls == ["one", "two"]


async def test_arguments_by_position_and_name_reach_the_body(world: World) -> None:
    def join(*parts: str, sep: str) -> str:
        return sep.join(parts)

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        return await step.run("join", join, "a", "b", sep="-")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "a-b"


async def test_a_plain_body_runs_in_another_thread_and_a_coroutine_on_the_loop(world: World) -> None:
    threads: dict[str, str] = {}

    def plain() -> None:
        threads["plain"] = threading.current_thread().name

    async def coroutine() -> None:
        threads["coroutine"] = threading.current_thread().name

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("plain", plain)
        await step.run("coroutine", coroutine)

    async with world.run(process) as bench:
        await bench.send(Placed())
    assert threads["plain"].startswith("surestep-body")
    assert threads["coroutine"] == "MainThread"


async def test_an_id_used_in_a_loop_gives_each_pass_its_own_step(world: World) -> None:
    calls: list[int] = []

    def square(number: int) -> int:
        calls.append(number)
        return number * number

    @handles(Placed, result=list[int])
    async def process(ctx: Context[Placed], step: Step) -> list[int]:
        return [await step.run("square", square, number) for number in range(3)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == [0, 1, 4]
        assert [row.key for row in (await bench.run()).steps] == ["square", "square:1", "square:2"]
    assert calls == [0, 1, 2]


async def test_ids_may_be_any_text(world: World) -> None:
    ids = [" ", "ünï-códe ✓", "a:1", "a", "a", "'; DROP TABLE runs; --", "x" * 1000, "\u0000"]

    @handles(Placed, result=int, function_id="ünï/✓ function")
    async def process(ctx: Context[Placed], step: Step) -> int:
        for step_id in ids:
            await step.run(step_id, int)
            await step.sleep(step_id, "1s")
        return len(ids)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == 8


async def test_awaiting_a_step_again_gives_the_same_value_without_running_it_again(world: World) -> None:
    calls: list[int] = []

    def draw() -> int:
        calls.append(1)
        return len(calls)

    @handles(Placed, result=list[int])
    async def process(ctx: Context[Placed], step: Step) -> list[int]:
        drawn = step.run("draw", draw)
        return [await drawn, await drawn, *await step.gather(drawn, drawn)]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == [1, 1, 1, 1]
    assert calls == [1]


async def test_a_body_that_raises_stop_iteration_fails_like_any_other(world: World) -> None:
    def first_of_none() -> int:
        return next(iter(()))

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.options(retries=0).run("first", first_of_none)
        except Exception as error:  # noqa: BLE001 -- its class is what is tested
            return str(error)
        return "no error"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "step 'first' failed: RuntimeError: coroutine raised StopIteration"


async def test_a_body_that_is_cancelled_from_within_fails_like_any_other(world: World) -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.options(retries=0).run("call", cancelled)
        except Exception as error:  # noqa: BLE001 -- its class is what is tested
            return str(error)
        return "no error"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "step 'call' failed: CancelledError: "


async def test_runs_started_from_within_a_body_are_not_taken_for_part_of_it(world: World) -> None:
    @handles(Placed)
    async def first(ctx: Context[Placed], step: Step) -> None:
        await step.run("send", send)

    @handles(Paid, result=int)
    async def second(ctx: Context[Paid], step: Step) -> int:
        return await step.run("one", lambda: 1)

    async with world.run(first, second) as bench:

        async def send() -> None:
            await bench.engine.send([RawEvent("order/paid", {"order_id": "o-1", "amount": 1})])

        await bench.send(Placed())
        assert await result_of(bench, "second") == 1
