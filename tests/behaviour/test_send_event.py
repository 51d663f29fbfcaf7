"""`step.send_event`: events are sent exactly once, or refused with the place of each fault."""

from tests.behaviour.conftest import ONCE, OrderData, Paid, Placed, Withdrawn, World, error_of, handles, result_of

from surestep import Context, Step, StepError


async def test_events_are_sent_once_however_often_the_handler_is_replayed(world: World) -> None:
    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        ids = await step.send_event("tell", [Paid(data=OrderData(amount=1)), Withdrawn()])
        await step.sleep("pause", "1m")
        return ids

    @handles(Paid, result=int)
    async def receiver(ctx: Context[Paid], step: Step) -> int:
        return ctx.event.data.amount

    async with world.run(process, receiver) as bench:
        await bench.send(Placed())
        assert await result_of(bench, "receiver") == 1
        await bench.finish()
        ids = await result_of(bench, "process")
        stored = [
            event for event in await bench.engine.list_events() if event.name in {"order/paid", "order/withdrawn"}
        ]
        assert ids == [event.event_id for event in reversed(stored)]
        assert len(await bench.runs("receiver")) == 1


async def test_a_run_may_start_its_own_function_again(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        if ctx.event.data.amount < 3:
            await step.send_event("again", Placed(data=OrderData(amount=ctx.event.data.amount + 1)))
        return ctx.event.data.amount

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert [run.result for run in await bench.runs()] == [0, 1, 2, 3]


async def test_an_event_that_a_run_sends_fulfils_a_wait_registered_before(world: World) -> None:
    @handles(Placed, result=bool)
    async def process(ctx: Context[Placed], step: Step) -> bool:
        paid, _ = await step.gather(step.wait_for_event("payment", Paid, timeout="1h"), after_a_pause(step, Paid()))
        return paid is not None

    async def after_a_pause(step: Step, event: Paid) -> None:
        await step.sleep("pause", "1m")
        await step.send_event("pay", event)

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) is True


async def test_an_event_that_does_not_fit_is_an_error_naming_what(world: World) -> None:
    @handles(Placed)
    async def process(ctx: Context[Placed], step: Step) -> None:
        await step.send_event("tell", [Paid(), Paid(data=OrderData.model_construct(order_id="o", amount="many"))])

    async with world.run(process) as bench:
        await bench.send(Placed())
        name, message = await error_of(bench)
        assert name == "EventRejectedError"
        assert message.startswith("event 1 (order/paid) refused: data.amount: must be a whole number")
        assert await bench.engine.list_events(name="order/paid") == []


async def test_an_event_the_function_does_not_declare_to_emit_is_refused(world: World) -> None:
    @handles(Placed, emits=("order/paid",), retries=ONCE, result=str)
    async def process(ctx: Context[Placed], step: Step) -> str:
        await step.send_event("allowed", Paid())
        try:
            await step.send_event("refused", Withdrawn())
        except StepError as error:
            return error.message
        return "no error"

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == "order/withdrawn is not in `emits` of process"


async def test_sending_nothing_sends_nothing(world: World) -> None:
    @handles(Placed, result=list[str])
    async def process(ctx: Context[Placed], step: Step) -> list[str]:
        return await step.send_event("tell", [])

    async with world.run(process) as bench:
        await bench.send(Placed())
        assert await result_of(bench) == []
