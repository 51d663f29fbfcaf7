"""A body that changes variables of its handler blocks the run: on a replay neither the body nor the change happens."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.behaviour.conftest import Placed, World, handles, status_of

from surestep import Context, Step
from surestep.core.records import RunStatus

outside: list[int] = []

Work = Callable[[Step], Coroutine[Any, Any, object]]


async def assigns(step: Step) -> None:
    count = 0

    def body() -> None:
        nonlocal count
        count += 1

    await step.run("work", body)


async def assigns_later(step: Step) -> None:
    count = 0

    async def body() -> None:
        def inner() -> None:
            nonlocal count
            count = 1

        inner()

    await step.options(retries=1).run("work", body)
    len(str(count))


async def appends(step: Step) -> None:
    found: list[int] = []
    await step.run("work", lambda: found.append(1))


async def stores_an_item(step: Step) -> None:
    found: dict[str, int] = {}

    def body() -> None:
        found["a"] = 1

    await step.run("work", body)


async def swallows(step: Step) -> None:
    found: set[int] = set()
    try:
        await step.run("work", lambda: found.add(1))
    except BaseException:  # noqa: BLE001 -- nobody gets in between
        await step.sleep("pause", "1s")


@pytest.mark.parametrize(
    ("work", "name"),
    [(assigns, "count"), (assigns_later, "count"), (appends, "found"), (stores_an_item, "found"), (swallows, "found")],
)
async def test_the_run_is_blocked_and_the_variable_named(world: World, work: Work, name: str) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await work(step)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.BLOCKED
        error = (await bench.run()).error
    assert error is not None
    assert error.message.startswith(
        f"D114 the body of step 'work' changes {name} of its handler (closure-mutation) at {__file__}:"
    )
    assert "silenc" not in error.message
    assert "surestep/authoring" not in (error.stack or "")


class Basket:
    def __init__(self) -> None:
        self.count = 0

    def add(self, number: int) -> None:
        self.count += number


async def reads(step: Step) -> None:
    found = [1]
    await step.run("work", lambda: len(found))
    await step.run("more", lambda: sorted(found))
    found.append(2)


async def changes_what_lies_outside(step: Step) -> None:
    await step.run("work", lambda: outside.append(1))


async def changes_its_own(step: Step) -> None:
    def body() -> list[int]:
        found = []

        def add() -> None:
            found.append(1)

        add()
        return found

    await step.run("work", body)


async def calls_a_method_of_an_object(step: Step) -> None:
    basket = Basket()
    await step.run("work", lambda: basket.add(1))


async def says_why(step: Step) -> None:
    found: list[int] = []
    await step.run("work", lambda: found.append(1))  # surestep: ignore[D114] counted for a log line only


async def assigns_in_the_handler(step: Step) -> None:
    count = 0
    count = await step.run("work", lambda: count + 1)


@pytest.mark.parametrize(
    "work",
    [
        reads,
        changes_what_lies_outside,
        changes_its_own,
        calls_a_method_of_an_object,
        says_why,
        assigns_in_the_handler,
    ],
)
async def test_other_bodies_run(world: World, work: Work) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await work(step)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await status_of(bench) is RunStatus.COMPLETED


async def test_variables_around_the_handler_may_be_changed(world: World) -> None:
    count, found = 0, []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        def body() -> None:
            nonlocal count
            count += 1
            found.append(count)

        await step.run("work", body)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await status_of(bench) is RunStatus.COMPLETED
    assert found == [1]
