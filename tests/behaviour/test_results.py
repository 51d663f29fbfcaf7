"""Results of steps come back as what they were, or not at all."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID

import pytest
from pydantic import BaseModel
from tests.behaviour.conftest import Placed, World, error_of, handles, result_of

from surestep import Context, Step


class Color(Enum):
    RED = "red"


class Size(StrEnum):
    S = "s"


class Point(NamedTuple):
    x: int
    y: int


class Receipt(BaseModel):
    id: UUID
    total: Decimal
    at: datetime


@dataclass(frozen=True)
class Parcel:
    weight: float
    labels: tuple[str, ...]


RECEIPT = Receipt(id=UUID(int=7), total=Decimal("1.10"), at=datetime(2026, 1, 2, tzinfo=UTC))


def returning(value: object, annotation: object) -> Callable[[], Any]:
    def body() -> Any:
        return value

    body.__annotations__["return"] = annotation
    return body


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (None, None),
        (True, bool),
        (10**40, int),
        (1.5, float),
        (math.inf, float),
        ("ü✓\x00", str),
        (b"\xff\x00", bytes),
        (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), datetime),
        (date(2026, 1, 2), date),
        (timedelta(days=1, microseconds=1), timedelta),
        (Decimal("0.100"), Decimal),
        (UUID(int=1), UUID),
        ({1, 2, 3}, set[int]),
        (frozenset({b"\xfe"}), frozenset[bytes]),
        ((1, "a", None), tuple[int, str, None]),
        (Color.RED, Color),
        (Size.S, Size),
        (Point(1, 2), Point),
        (RECEIPT, Receipt),
        ([RECEIPT], list[Receipt]),
        (Parcel(1.5, ("fragile",)), Parcel),
        ({"a": Parcel(1.0, ())}, dict[str, Parcel]),
        ({1: "a"}, dict[int, str]),
        ("yes", Literal["yes", "no"]),
        ({"any": [1, "json", None, {"is": 1.5}]}, dict[str, Any]),
    ],
)
async def test_a_typed_result_comes_back_as_itself(world: World, value: object, annotation: object) -> None:
    seen: list[object] = []

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        seen.append(await step.run("make", returning(value, annotation)))
        await step.sleep("pause", "1s")

    if world.on_disk and world.cached_turns:
        pytest.skip("nothing differs from the other three worlds")
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert (await bench.run()).error is None
    assert len(seen) == (1 if world.cached_turns else 2)
    assert all(found == value and type(found) is type(value) for found in seen)


async def test_a_json_result_needs_no_annotation(world: World) -> None:
    @handles(Placed, result=dict[str, Any])
    async def process(ctx: Context[Placed], step: Step) -> dict[str, Any]:
        return await step.run("make", lambda: {"a": [1, 2.5, None, "x", True]})

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == {"a": [1, 2.5, None, "x", True]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            lambda: (1, 2),
            (
                "the result of step 'make' would not come back the same: "
                "result is a tuple but would come back as a list; "
                "state the result's type: give the function a return annotation (a lambda cannot have one)"
            ),
        ),
        (
            lambda: {"days": [datetime(2026, 1, 1, tzinfo=UTC)]},
            (
                "the result of step 'make' would not come back the same: "
                "result['days'][0] is a datetime but would come back as a str; "
                "state the result's type: give the function a return annotation (a lambda cannot have one)"
            ),
        ),
        (
            returning({"n": object()}, dict[str, int]),
            "the result of step 'make' cannot be stored: result['n'] is an object",
        ),
        (
            returning(Receipt.model_construct(id="x", total=Decimal(1), at=RECEIPT.at), Receipt),
            (
                "the result of step 'make' cannot be stored: Pydantic serializer warnings: "
                "PydanticSerializationUnexpectedValue(Expected `uuid` - serialized value may not be as expected "
                "[field_name='id', input_value='x', input_type=str])"
            ),
        ),
    ],
)
async def test_a_result_that_does_not_survive_is_one_error_naming_step_and_path(
    world: World, body: Callable[[], object], message: str
) -> None:
    calls: list[int] = []

    def counted() -> object:
        calls.append(1)
        return body()

    counted.__annotations__ = dict(getattr(body, "__annotations__", {}))

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("make", counted)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await error_of(bench) == ("StepResultError", message)
    assert calls == [1]


async def test_a_type_that_has_no_json_form_is_refused_before_the_body_runs(world: World) -> None:
    class Odd:
        pass

    def odd() -> Odd:
        raise AssertionError("never runs")

    odd.__annotations__["return"] = Odd

    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.run("make", odd)

    async with world.run(process) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
    assert name == "StepResultError"
    assert message.startswith("the result of step 'make' cannot be stored: nothing says how a ")
    assert message.endswith("Odd is written as JSON; return a pydantic model, a dataclass or plain values")


async def test_a_handlers_own_result_must_survive_too(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> object:
        return "text"

    async with world.run(process) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
    assert name == "StepResultError"
    assert message.startswith("the result of function process cannot be stored: ")


async def test_a_class_is_a_body_of_its_own_type(world: World) -> None:
    @handles(Placed, result=Parcel)
    async def process(ctx: Context[Placed], step: Step) -> Parcel:
        return await step.run("make", Parcel, 2.5, labels=("a",))

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == {"weight": 2.5, "labels": ["a"]}


async def test_an_iterator_as_argument_reaches_the_body_unread(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        return await step.run("sum", total, (number for number in (1, 2, 3)))

    def total(numbers: Any) -> int:
        return sum(numbers)

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == 6
