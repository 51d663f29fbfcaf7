"""`step.gather`: branches run in parallel, each step once, and replays interleave as the first time."""

import asyncio

import pytest
from tests.behaviour.conftest import ONCE, Paid, Placed, World, also, error_of, handles, result_of

from surestep import Context, FailureContext, Step, StepError
from surestep.authoring.system import FunctionFailed


async def test_results_are_in_the_order_of_the_arguments(world: World) -> None:
    async def later(turns: int, value: str) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        return value

    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        return list(await step.gather(*(step.run("b", later, 30 - n * 10, f"{n}") for n in range(3))))

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == ["0", "1", "2"]


async def test_branches_of_several_steps_run_all_and_then_what_follows_once(world: World) -> None:
    made: list[str] = []

    async def branch(step: Step, name: str, length: int) -> int:
        for number in range(length):
            await step.run(f"{name}{number}", made.append, f"{name}{number}")
        return length

    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        lengths = await step.gather(branch(step, "a", 2), branch(step, "b", 3), branch(step, "c", 1))
        await step.run("after", made.append, "after")
        return sum(lengths)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == 6
    assert sorted(made) == ["a0", "a1", "after", "b0", "b1", "b2", "c0"]
    assert made[-1] == "after"


async def test_groups_may_be_nested_and_empty_and_of_every_kind(world: World) -> None:
    @handles(triggers=(), result=str, takes=dict[str, str], function_id="callee")
    async def callee(ctx: Context[Placed], step: Step) -> str:
        return "called"

    @handles(Placed, result=list[object])
    async def process(ctx: Context[Placed], step: Step) -> list[object]:
        (number, none), called, (), paid, sent = await step.gather(
            step.gather(step.run("run", lambda: 1), step.sleep("sleep", "1m")),
            step.invoke("invoke", plain_callee.function, {}, timeout="1h"),
            step.gather(),
            step.wait_for_event("wait", Paid, timeout="1h"),
            step.send_event("send", Paid()),
        )
        return [number, none, called, paid is not None, len(sent)]

    @handles(Paid, result=str, takes=dict[str, str], triggers=())
    async def plain_callee(ctx: Context[Paid], step: Step) -> str:
        return "called"

    async with world.run(process, plain_callee) as bench:
        await bench.send(Placed())
        await bench.send(Paid())
        await bench.finish()
        assert await result_of(bench, "process") == [1, None, "called", True, 1]


async def test_the_first_error_is_raised_and_the_other_branches_go_on(world: World) -> None:
    made: list[str] = []

    def fails() -> None:
        raise ValueError("first")

    async def other(step: Step) -> None:
        await step.sleep("pause", "1m")
        await step.run("other", made.append, "other")

    @handles(Placed, retries=ONCE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.gather(step.run("fails", fails), other(step))
        except StepError as error:
            made.append(error.message)
        await step.sleep("longer", "2m")
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "done"
    assert [one for one in made if one != "first"] == ["other"]


async def test_two_branches_that_fail_at_once_fail_the_run_once(world: World) -> None:
    async def fails(name: str) -> None:
        await asyncio.sleep(0)
        raise ValueError(name)

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(step.run("a", fails, "a"), step.run("b", fails, "b"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == ("ValueError", "a")


async def test_two_sleeps_that_end_at_once_while_the_first_ends_the_run(world: World) -> None:
    async def leave(step: Step) -> None:
        await step.sleep("a", "1m")
        raise StopAsyncIteration("left")

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.gather(leave(step), step.sleep("b", "1m"))
        except StopAsyncIteration as error:
            return str(error)
        return "both"

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == "left"


async def test_errors_may_be_had_among_the_results(world: World) -> None:
    def fails() -> int:
        raise ValueError("broken")

    async def branch(step: Step) -> int:
        await step.run("one", int)
        raise KeyError("own")

    @handles(Placed, retries=ONCE, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        found = await step.gather(step.run("f", fails), branch(step), step.run("o", int), return_exceptions=True)
        return [str(one) for one in found]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == ["step 'f' failed: ValueError: broken", "'own'", "0"]


async def test_a_replay_interleaves_branches_exactly_as_the_first_time(world: World) -> None:
    orders: list[list[str]] = []

    async def branch(step: Step, seen: list[str], name: str, *pauses: str) -> None:
        for pause in pauses:
            await step.sleep(f"{name}-sleep", pause)
            seen.append(name)
            await step.run(f"{name}-run", int)
            seen.append(name.upper())

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        seen: list[str] = []
        orders.append(seen)
        await step.gather(branch(step, seen, "a", "3m", "1m"), branch(step, seen, "b", "1m", "1m", "5m"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    full = ["b", "B", "b", "B", "a", "A", "a", "A", "b", "B"]
    assert orders[-1] == full
    assert all(full[: len(seen)] == seen for seen in orders)


@pytest.mark.parametrize("branch", [5, None, "text"])
async def test_what_cannot_be_awaited_is_no_branch(world: World, branch: object) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(branch)  # type: ignore[call-overload]

    async with world.run(process) as bench:
        await bench.send(Placed())
        message = f"gather got {branch!r}; pass steps, or coroutines that use steps"
        assert await error_of(bench) == ("StepUsageError", message)


async def test_steps_handled_by_other_steps_each_run_once(world: World) -> None:
    made: list[str] = []

    def fails(name: str) -> None:
        raise ValueError(name)

    async def handled(step: Step, name: str) -> None:
        try:
            await step.run(f"fails-{name}", fails, name)
        except StepError as error:
            await step.run(f"handles-{name}", made.append, error.message)

    @handles(Placed, retries=ONCE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await handled(step, "alone")
        await step.gather(handled(step, "left"), handled(step, "right"))
        return "done"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "done"
    assert sorted(made) == ["alone", "left", "right"]


async def test_a_fast_branch_does_not_wait_for_a_slow_one(world: World) -> None:
    made: list[str] = []

    async def branch(step: Step, name: str, pause: str) -> None:
        for number in (1, 2):
            await step.sleep(f"{name}-pause", pause)
            await step.run(name, made.append, f"{name}{number}")

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(branch(step, "slow", "1h"), branch(step, "fast", "1m"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert made == ["fast1", "fast2", "slow1", "slow2"]


async def test_several_branches_that_fail_are_told_as_one_failure(world: World) -> None:
    seen: list[str] = []

    async def fails(name: str) -> None:
        await asyncio.sleep(0)
        raise ValueError(name)

    @handles(Placed, retries=ONCE, on_failure=True)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.gather(*(step.run(name, fails, name) for name in "abc"))

    @also(process, "on_failure")
    async def handle_failure(ctx: FailureContext[Placed], step: Step) -> None:
        seen.append(f"handled {ctx.error.message}")

    @handles(FunctionFailed, function_id="watch")
    async def watch(ctx: Context[FunctionFailed], step: Step) -> None:
        seen.append(f"told {ctx.event.data.error.message}")

    async with world.run(process, handle_failure, watch) as bench:
        await bench.send(Placed())
        await bench.finish()
    assert sorted(seen) == ["handled a", "told a"]
