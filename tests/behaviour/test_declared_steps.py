"""A function with declared steps runs like any other, and has no other steps."""

from typing import ParamSpec

import pytest
from tests.behaviour.conftest import TWICE, Paid, Placed, World, error_of, result_of

from surestep import StepError
from surestep.authoring.context import Context
from surestep.authoring.declared import Body, DeclaredRun, DeclaredSteps, EventIds, Key
from surestep.authoring.function import Function, Handler, HandlerCallable
from surestep.core.pending import Pending
from surestep_dsl.flow import EventTrigger, FunctionOptions

P = ParamSpec("P")


class OrderSteps(DeclaredSteps):
    """As generated."""

    __slots__ = ()

    def charge(self, body: Body[P, int], /, *args: P.args, **kwargs: P.kwargs) -> Pending[int]:
        return self._run("charge", int, retries=0)(body, *args, **kwargs)

    def pack(self, *, key: Key) -> DeclaredRun[str]:
        return self._run("pack", str, key=key)

    def rest(self) -> Pending[None]:
        return self._sleep("rest", "1h")

    def payment(self) -> Pending[Paid | None]:
        return self._wait_for_event("payment", Paid, timeout="1d", match="data.order_id", lookback="run")

    def tell(self, events: Paid, /) -> Pending[EventIds]:
        return self._send_event("tell", events)


def declares(call: HandlerCallable) -> Handler:
    options = FunctionOptions("ship", triggers=(EventTrigger("order/placed"),), retries=TWICE)
    return Handler(Function(options, events=(Placed,), result_type=object, steps=OrderSteps), call)


async def test_every_kind_of_declared_step_is_carried_out(world: World) -> None:
    @declares
    async def ship(ctx: Context[Placed], step: OrderSteps) -> list[object]:
        charged = await step.charge(lambda amount: amount + 1, ctx.event.data.amount)
        packed = await step.gather(*(step.pack(key=number)(str, number) for number in range(2)))
        await step.tell(Paid(data=ctx.event.data))
        payment = await step.payment()
        first = await step.race(step.rest(), step.pack(key="last")(str, "won"))
        return [charged, *packed, payment is not None, first]

    async with world.run(ship) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == [1, "0", "1", True, "won"]


async def test_the_declared_retries_count_instead_of_the_functions(world: World) -> None:
    tries = []

    def fail() -> int:
        tries.append(1)
        raise ValueError("no")

    @declares
    async def ship(ctx: Context[Placed], step: OrderSteps) -> str:
        with pytest.raises(StepError):
            await step.charge(fail)
        return "gave up"

    async with world.run(ship) as bench:
        await bench.send(Placed())
        assert (await result_of(bench), len(tries)) == ("gave up", 1)


async def test_an_undeclared_step_fails_the_run_and_names_what_there_is(world: World) -> None:
    @declares
    async def ship(ctx: Context[Placed], step: OrderSteps) -> None:
        await step.sleep("nap", "1h")  # type: ignore[attr-defined]

    async with world.run(ship) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
    assert name == "StepUsageError"
    assert message.startswith("OrderSteps has no step 'sleep'; declared are charge, pack, payment, rest, tell.")
