"""Whatever a body or a handler raises is the run's error, and no run hangs on it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator
from tests.behaviour.conftest import ONCE, TWICE, Placed, World, error_of, handles, result_of
from typing_extensions import override

from surestep import Context, Step


class MuteError(Exception):
    """Its text cannot be made."""

    @override
    def __str__(self) -> str:
        raise SystemExit(3)


def _chained() -> Exception:
    error = ValueError("the last")
    link: BaseException = error
    for _ in range(5_000):
        link.__cause__ = KeyError()
        link = link.__cause__
    return error


ODD: dict[str, tuple[Callable[[], BaseException], str, str]] = {
    "exit": (lambda: SystemExit(3), "SystemExit", "3"),
    "interrupt": (lambda: KeyboardInterrupt("k"), "KeyboardInterrupt", "k"),
    "cancelled": (lambda: asyncio.CancelledError("c"), "CancelledError", "c"),
    "closed": (GeneratorExit, "GeneratorExit", ""),
    "group": (
        lambda: BaseExceptionGroup("g", [SystemExit(1), ValueError("x")]),
        "BaseExceptionGroup",
        "g (2 sub-exceptions)",
    ),
    "memory": (MemoryError, "MemoryError", ""),
    "recursion": (lambda: RecursionError("deep"), "RecursionError", "deep"),
    "mute": (MuteError, "MuteError", "<the error's text cannot be made>"),
    "half a pair": (lambda: ValueError("file \udcff\x00"), "ValueError", "file \\udcff\x00"),
    "a chain": (_chained, "ValueError", "the last"),
}


@pytest.fixture
def signals_are_handled() -> Iterator[None]:
    """As in a server, where Ctrl-C raises nothing."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("where", ["async", "plain", "handler", "later"])
@pytest.mark.parametrize("kind", ODD)
async def test_whatever_is_raised_is_the_error(signals_are_handled: None, world: World, kind: str, where: str) -> None:
    make, name, message = ODD[kind]

    def plain() -> None:
        raise make()

    async def coroutine() -> None:
        raise make()

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        if where == "handler":
            raise make()
        await step.run("body", {"async": coroutine, "plain": plain}.get(where, int))
        raise make()

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await error_of(bench) == (name, message)


async def test_a_long_message_loses_its_middle(world: World) -> None:
    def body() -> None:
        raise ValueError("a" * 60_000 + "b" * 60_000)

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("body", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        _, message = await error_of(bench)
        cut = "\n... 20200 characters left out (limit ERROR_CHARS) ...\n"
        assert message == "a" * 49_900 + cut + "b" * 49_900


async def test_a_body_that_cancels_itself_has_failed_an_attempt(world: World) -> None:
    attempts: list[int] = []

    async def body() -> int:
        attempts.append(1)
        task = asyncio.current_task()
        assert task is not None
        if len(attempts) == 1:
            task.cancel()
        await asyncio.sleep(0)
        return 4

    @handles(Placed, retries=TWICE, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        return await step.run("body", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == 4
    assert len(attempts) == 2


@pytest.mark.parametrize("step_id", ["\udcff", "a\ud800b"])
async def test_an_id_that_cannot_be_stored_fails_the_run(world: World, step_id: str) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.sleep(step_id, "1s")

    async with world.run(process) as bench:
        await bench.send(Placed())
        message = f"the id of step {step_id!r} has half of a surrogate pair, which cannot be stored"
        assert await error_of(bench) == ("StepUsageError", message)


async def test_an_empty_id_fails_the_run(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("", int)

    async with world.run(process) as bench:
        await bench.send(Placed())
        message = "the id of a step is empty; give it one by which its result is found again"
        assert await error_of(bench) == ("StepUsageError", message)


def _ring() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


def _nest() -> list[Any]:
    nest: list[Any] = []
    for _ in range(5_000):
        nest = [nest]
    return nest


@pytest.mark.parametrize("make", [_ring, _nest])
async def test_a_result_without_end_is_a_mistake_that_is_not_tried_again(
    world: World, make: Callable[[], list[Any]]
) -> None:
    attempts: list[int] = []

    def body() -> list[Any]:
        attempts.append(1)
        return make()

    @handles(Placed, retries=TWICE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("nest", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
        assert (name, len(attempts)) == ("StepResultError", 1)
        assert message == (
            "the result of step 'nest' cannot be stored: result contains itself, or is nested too deeply"
        )


def _refuse(_: int) -> int:
    raise KeyError("refused")


Refused = Annotated[int, AfterValidator(_refuse)]


@pytest.mark.parametrize("where", ["step", "handler"])
async def test_a_type_whose_own_code_raises_is_a_mistake_that_is_not_tried_again(world: World, where: str) -> None:
    attempts: list[str] = []

    def body() -> Refused:
        attempts.append("body")
        return 1

    @handles(Placed, retries=TWICE, result=Refused)
    async def process(ctx: Context[Placed], step: Step) -> int:
        if where == "step":
            await step.run("body", body)
        return 1

    async with world.run(process) as bench:
        await bench.send(Placed())
        what = "step 'body'" if where == "step" else "function process"
        assert await error_of(bench) == ("StepResultError", f"the result of {what} cannot be stored: 'refused'")
    assert attempts == (["body"] if where == "step" else [])
