"""A bench replays what has finished, and fails the test whose handler does something else the second time."""

from typing import Any

import pytest
from tests.behaviour.conftest import Paid, Placed, handles

from surestep import Step
from surestep.testing import Bench, InlineRegistry


def double(number: int) -> int:
    return 2 * number


async def test_a_handler_that_asks_something_else_fails_the_test_with_the_run() -> None:
    calls: list[int] = []

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        return await step.run(f"step-{len(calls)}", double, 2)

    with pytest.raises(AssertionError, match='position 0    history: run             "step-1"'):
        async with Bench(InlineRegistry("shop", [Placed], [handles(Placed, result=object)(process)])) as bench:
            await bench.send(Placed())


async def test_a_handler_that_returns_something_else_fails_the_test() -> None:
    calls: list[int] = []

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        return len(calls)

    with pytest.raises(AssertionError, match="history: it returned 1\n  handler: it returned 2"):
        async with Bench(InlineRegistry("shop", [Placed], [handles(Placed, result=object)(process)])) as bench:
            await bench.send(Placed())


async def test_a_failed_test_is_not_overlaid() -> None:
    calls: list[int] = []

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        return len(calls)

    async def fail() -> None:
        async with Bench(InlineRegistry("shop", [Placed], [handles(Placed, result=object)(process)])) as bench:
            await bench.send(Placed())
            raise KeyError

    with pytest.raises(KeyError):
        await fail()


async def test_a_run_that_has_not_finished_is_left_alone() -> None:
    calls: list[int] = []

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        await step.wait_for_event(f"wait-{len(calls)}", Paid, timeout="1d")
        return None

    async with Bench(InlineRegistry("shop", [Placed, Paid], [handles(Placed, result=object)(process)])) as bench:
        await bench.send(Placed())
    assert len(calls) == 1


async def test_it_can_be_left_out() -> None:
    calls: list[int] = []

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        return len(calls)

    registry = InlineRegistry("shop", [Placed], [handles(Placed, result=object)(process)])
    async with Bench(registry, shadow_replay=False) as bench:
        await bench.send(Placed())
    assert len(calls) == 1
