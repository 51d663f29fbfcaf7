"""Steps used in ways that cannot work are refused by name, at once, and nobody's except block gets in between."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.behaviour.conftest import TWICE, Placed, World, error_of, handles

from surestep import Context, Function, Handler, Step
from surestep.authoring.function import Role
from surestep.errors import ConfigurationError
from surestep.guard.guard import GuardMode
from surestep_dsl.flow import FunctionOptions


async def later() -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("role", ["handler", "on_failure", "on_cancel"])
def test_a_plain_function_is_refused_where_it_is_bound(role: Role) -> None:
    def process(ctx: Context[Placed], step: Step) -> None: ...

    with pytest.raises(ConfigurationError, match=r"process is a plain function; a handler is a coroutine function"):
        Handler(Function(FunctionOptions("process")), process, role)  # type: ignore[arg-type]


def test_a_generator_is_refused_where_it_is_bound() -> None:
    async def process(ctx: Context[Placed], step: Step) -> AsyncIterator[int]:
        yield 1

    with pytest.raises(ConfigurationError, match=r"process is a generator function; a handler is a coroutine function"):
        handles(Placed)(process)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("awaits", "name", "instead"),
    [
        (lambda: asyncio.sleep(1), "sleep", 'await step.sleep("pause", "10s")'),
        (lambda: asyncio.sleep(0), "sleep", 'await step.sleep("pause", "10s")'),
        (lambda: asyncio.to_thread(int), "to_thread", 'await step.run("name", function, ...)'),
        pytest.param(
            lambda: asyncio.wait_for(later(), 1),
            "wait_for",
            'step.options(timeout="10s").run(...)',
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 12), reason="it raises before it awaits: handlers need not be in a task"
            ),
        ),
        (lambda: asyncio.get_running_loop().create_future(), "Future", 'await step.run("name", function, ...)'),
    ],
)
async def test_awaiting_anything_but_a_step_fails_the_run_and_names_the_replacement(
    world: World, awaits: Callable[[], Awaitable[object]], name: str, instead: str
) -> None:
    made: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        try:
            await awaits()
        except Exception:  # noqa: BLE001 -- nobody gets in between
            made.append("caught")
        await step.run("after", made.append, "after")

    async with world.run(process, guard=GuardMode.OFF) as bench:
        await bench.send(Placed())
        found = await error_of(bench)
    assert found[0] == "ForeignAwaitError"
    assert found[1].startswith(f"the handler awaited {name} at {__file__}:")
    assert found[1].endswith(f", which is not a step; use {instead}")
    assert made == []


async def test_a_step_in_a_step_fails_the_run_and_nothing_later_runs(world: World) -> None:
    made: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        async def outer() -> None:
            made.append("outer")
            await step.run("inner", made.append, "inner")
            made.append("rest of outer")

        try:
            await step.run("outer", outer)
        except Exception:  # noqa: BLE001 -- nobody gets in between
            made.append("caught")
        await step.run("after", made.append, "after")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "NestedStepError",
            (
                "step 'inner' is used inside the body of step 'outer'; "
                "return a value from the body and use the inner step in the handler"
            ),
        )
    assert made == ["outer"]


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_step_in_a_step_fails_the_run_even_if_the_body_swallows_it(world: World, *, in_thread: bool) -> None:
    made: list[str] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        def swallows() -> str:
            try:
                _ = step.sleep("inner", "1s")
            except Exception:  # noqa: BLE001 -- the body swallows it
                return "fine"
            return "no error"

        async def awaits() -> str:
            return swallows()

        await step.run("outer", swallows if in_thread else awaits)
        made.append("after")

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert (await error_of(bench))[0] == "NestedStepError"
    assert made == []


async def test_a_step_that_is_never_awaited_fails_the_run_and_is_named_with_its_place(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        _ = step.run("forgotten", int)
        _ = step.options(retries=1).run("too", int)
        await step.sleep("pause", "1s")

    line = process.call.__code__.co_firstlineno
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == (
            "StepNeverAwaitedError",
            (
                f"never awaited, so never run: step 'forgotten' at {__file__}:{line + 2}, "
                f"'too' at {__file__}:{line + 3}; write `await step...`"
            ),
        )


async def test_a_thousand_steps_are_enough_and_one_more_fails_the_run_at_once(world: World) -> None:
    if world.on_disk or not world.cached_turns:
        pytest.skip("replaying a thousand steps a thousand times takes its time")

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        for _ in range(1_001):
            await step.run("one", int)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "LimitError",
            "the run made more than 1000 steps (limit STEPS_PER_RUN)",
        )
        assert len((await bench.run()).steps) == 1_000


async def test_a_result_over_the_limit_fails_the_run_at_once(world: World) -> None:
    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("big", lambda: "x" * 4 * 1024 * 1024)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "LimitError",
            "a result of 4194306 bytes is over the limit RESULT_BYTES = 4194304",
        )


async def test_results_over_the_limit_in_all_fail_the_run_at_once(world: World) -> None:
    if world.on_disk or not world.cached_turns:
        pytest.skip("32 MiB are much to write and to replay")

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        for _ in range(20):
            await step.run("big", lambda: "x" * 3_000_000)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "LimitError",
            "the run's results are over the limit RUN_BYTES = 33554432 in all",
        )
        assert len((await bench.run()).steps) == 11


async def test_something_that_cannot_be_called_is_no_body(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("one", 0)  # type: ignore[call-overload]

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (
            "StepUsageError",
            "step 'one' got 0 to run; pass the function itself, not what it returns",
        )


async def test_a_handler_that_cannot_be_called_fails_its_run(world: World) -> None:
    @handles(Placed, retries=TWICE)  # type: ignore[arg-type]  # the mistake that is tested
    async def process() -> None: ...

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert (await error_of(bench))[0] == "TypeError"


async def test_finally_blocks_that_await_steps_do_no_harm_when_a_handler_is_given_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[str] = []

    @handles(Placed, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        try:
            try:
                await step.sleep("pause", "1m")
            finally:
                await step.run("first", made.append, "first")
        finally:
            ctx.logger.info("second")
            await step.run("second", made.append, "second")
        return "done"

    caplog.set_level(logging.INFO, "surestep.run")
    async with world.run(process) as bench:
        await bench.send(Placed())
    async with world.run(process) as bench:
        await bench.finish()
    assert made == ["first", "second"]
    assert [record.message.split("] ")[1] for record in caplog.records] == ["second"]
