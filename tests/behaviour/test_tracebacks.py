"""What users see of an error is their own code, with what caused it."""

from tests.behaviour.conftest import ONCE, Placed, World, handles

from surestep import Context, Step
from surestep.errors import ErrorInfo
from surestep.testing import Bench


def looks_up() -> None:
    raise KeyError("price")


def charges() -> None:
    try:
        looks_up()
    except KeyError as error:
        raise ValueError("no price") from error


async def charges_on_the_loop() -> None:
    charges()


async def error_shown(bench: Bench) -> ErrorInfo:
    error = (await bench.run()).error
    assert error is not None
    return error


def functions_in(stack: str) -> list[str]:
    return [line.rpartition(", in ")[2] for line in stack.splitlines() if line.startswith("  File ")]


async def test_the_traceback_of_a_body_is_user_code_with_its_cause(world: World) -> None:
    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("charge", charges)

    async with world.run(process) as bench:
        await bench.send(Placed())
        error = await error_shown(bench)
    assert functions_in(error.stack) == ["charges", "looks_up", "charges"]
    assert "KeyError: 'price'\n\nThe above exception was the direct cause of the following exception:" in error.stack
    assert error.stack.splitlines()[-1] == "ValueError: no price"


async def test_the_traceback_of_a_coroutine_body_is_user_code(world: World) -> None:
    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("charge", charges_on_the_loop)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert functions_in((await error_shown(bench)).stack)[2:] == ["charges_on_the_loop", "charges"]


async def test_the_traceback_of_code_between_steps_is_user_code(world: World) -> None:
    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        async def branch() -> None:
            await step.run("one", int)
            looks_up()

        await step.gather(branch(), step.sleep("pause", "1m"))

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert functions_in((await error_shown(bench)).stack) == ["process", "branch", "looks_up"]


async def test_an_endless_recursion_is_told_in_few_lines(world: World) -> None:
    def endless(depth: int) -> int:
        return endless(depth + 1)

    @handles(Placed, retries=ONCE)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("dive", endless, 0)

    async with world.run(process) as bench:
        await bench.send(Placed())
        error = await error_shown(bench)
    assert error.name == "RecursionError"
    assert len(error.stack.splitlines()) < 30
