"""Events of older versions: held against their own class, lifted, and current for everybody from then on."""

import sys
from typing import Literal

import pytest
from pydantic import JsonValue
from tests.behaviour.conftest import Placed, World, handles

from surestep import Context, Step
from surestep.authoring.events import Data, Event
from surestep.authoring.upcasts import Upcast, Upcaster
from surestep.engines.api import RawEvent
from surestep.errors import EventRejectedError
from surestep.testing import Bench, InlineRegistry
from surestep_dsl.flow import EventTrigger


class FirstData(Data, frozen=True):
    cents: str


class First(Event, frozen=True):
    name: Literal["bill/paid"] = "bill/paid"
    v: Literal["1"] = "1"
    data: FirstData


class SecondData(Data, frozen=True):
    cents: int


class Second(Event, frozen=True):
    name: Literal["bill/paid"] = "bill/paid"
    v: Literal["2"] = "2"
    data: SecondData


class BillData(Data, frozen=True):
    amount: float
    currency: str = "eur"


class Bill(Event, frozen=True):
    name: Literal["bill/paid"] = "bill/paid"
    v: Literal["3"] = "3"
    data: BillData


def from_first(event: First) -> SecondData:
    if event.data.cents == "exit":
        sys.exit("no")
    return SecondData(cents=int(event.data.cents))


def from_second(event: Second) -> BillData:
    return BillData(amount=event.data.cents / 100)


FROM_FIRST: Upcast[First, SecondData] = Upcast(First, Second)
FROM_SECOND: Upcast[Second, BillData] = Upcast(Second, Bill)
UPCASTERS: list[Upcaster] = [FROM_FIRST(from_first), FROM_SECOND(from_second)]


@handles(Bill, triggers=(EventTrigger("bill/paid", "event.data.amount > 1.0 && event.v == '3'"),), result=str)
async def pays(ctx: Context[Bill], step: Step) -> str:
    return f"{ctx.event.v} {ctx.event.data.amount} {ctx.event.data.currency}"


async def bench_of(world: World) -> Bench:
    registry = InlineRegistry("shop", (Bill, Placed), (pays,), UPCASTERS)
    return Bench(registry, store=await world.open(), clock=world.clock, cached_turns=world.cached_turns)


@pytest.mark.parametrize(
    ("v", "data"), [("1", {"cents": "150"}), ("2", {"cents": 150}), ("3", {"amount": 1.5}), (None, {"amount": 1.5})]
)
async def test_everybody_sees_the_current_version(world: World, v: str | None, data: dict[str, JsonValue]) -> None:
    async with await bench_of(world) as bench:
        await bench.engine.send([RawEvent("bill/paid", data, id="bill-7", ts=world.clock.now_ms() - 5, v=v)])
        await bench.engine.idle()
        run = await bench.run()
        assert run.result == "3 1.5 eur"
        [event] = await bench.engine.list_events()
        assert (event.v, event.data) == ("3", {"amount": 1.5, "currency": "eur"})
        assert (event.id, event.ts_ms) == ("bill-7", world.clock.now_ms() - 5)


async def test_an_older_version_is_held_against_its_own_class(world: World) -> None:
    async with await bench_of(world) as bench:
        with pytest.raises(EventRejectedError, match=r"data\.cents: must be a whole number, not a text"):
            await bench.engine.send([RawEvent("bill/paid", {"cents": "many"}, v="2")])
        assert await bench.engine.list_events() == []


async def test_an_unknown_version_is_refused_with_the_known_ones(world: World) -> None:
    async with await bench_of(world) as bench:
        with pytest.raises(EventRejectedError, match="v: unknown version '9'; known are '3', '1', '2'"):
            await bench.engine.send([RawEvent("bill/paid", {"amount": 1}, v="9")])


async def test_an_upcaster_that_raises_refuses_the_request(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with await bench_of(world) as bench:
        with pytest.raises(EventRejectedError) as caught:
            await bench.engine.send([RawEvent("order/placed"), RawEvent("bill/paid", {"cents": "x"}, v="1")])
        assert str(caught.value) == (
            "event 1 (bill/paid) refused: v: event bill/paid of version 1 cannot be lifted: "
            "ValueError: invalid literal for int() with base 10: 'x'"
        )
        assert await bench.engine.list_events() == []
    assert "from_first" in caplog.text, "the log shows the traceback of the user's upcaster"


async def test_an_upcaster_that_would_end_the_process_refuses_the_request(world: World) -> None:
    async with await bench_of(world) as bench:
        with pytest.raises(EventRejectedError, match="of version 1 cannot be lifted: SystemExit: no"):
            await bench.engine.send([RawEvent("bill/paid", {"cents": "exit"}, v="1")])
