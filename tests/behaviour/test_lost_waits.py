"""Events that were given to waits which lose their races: other waits of the run that look back get them."""

import pytest
from tests.behaviour.conftest import OrderData, Paid, Placed, World, handles, result_of

from surestep import Context, Handler, Step
from surestep.core.records import StepDropped
from surestep.engines.api import RawEvent
from surestep.storage.port import Appended, Checkpoint, NewEvent, StoredEvent
from surestep.testing import Bench


@handles(Placed, result=int)
async def later(ctx: Context[Placed], step: Step) -> int:
    loser = step.wait_for_event("loser", Paid, timeout="2h", lookback="run")
    assert await step.race(step.sleep("pause", "1m"), loser) is None
    await step.run("body", int)
    paid = await step.wait_for_event("later", Paid, timeout="2h", lookback="run")
    return paid.data.amount if paid else -1


@handles(Placed, result=int)
async def beside(ctx: Context[Placed], step: Step) -> int:
    loser = step.wait_for_event("loser", Paid, timeout="2h", lookback="run")
    race = step.race(step.sleep("pause", "1m"), loser)
    beside = step.wait_for_event("beside", Paid, timeout="2h", lookback="run")
    _, paid = await step.gather(race, beside)
    return paid.data.amount if paid else -1


async def let_both_happen_while_down(world: World, bench: Bench) -> None:
    """The end of the pause, and right after it an event, of which the engine is not told."""
    world.clock._now_ms += 60_000
    now_ms = world.clock.now_ms()
    await bench.store.fire_timers(now_ms, 10)
    paid = StoredEvent("01ZZ", "order/paid", b'{"order_id": "o-1", "amount": 7}', "paid", now_ms, now_ms)
    await bench.store.append_events([NewEvent(paid, ())])


@pytest.mark.parametrize("handler", [later, beside])
async def test_an_event_that_came_with_the_winner_goes_to_the_other_wait(world: World, handler: Handler) -> None:
    async with world.run(handler) as bench:
        await bench.send(Placed())
        await let_both_happen_while_down(world, bench)
    async with world.run(handler) as bench:
        await bench.advance("1s")
        assert await result_of(bench) == 7
        (run,) = await bench.runs()
        assert [step.status for step in run.steps if step.key == "loser"] == ["dropped"]


@pytest.mark.parametrize("handler", [later, beside])
async def test_an_event_that_came_while_the_loss_was_stored_goes_to_the_other_wait(
    world: World, monkeypatch: pytest.MonkeyPatch, handler: Handler
) -> None:
    async with world.run(handler) as bench:
        commit = bench.store.commit

        async def late(checkpoint: Checkpoint) -> Appended:
            if any(isinstance(record, StepDropped) for record in checkpoint.records):
                monkeypatch.undo()
                await bench.engine.send([RawEvent("order/paid", {"order_id": "o-1", "amount": 7})])
            return await commit(checkpoint)

        monkeypatch.setattr(bench.store, "commit", late)
        await bench.send(Placed())
        await bench.advance("2m")
        assert await result_of(bench) == 7


async def test_an_event_that_the_winner_took_goes_to_nobody_else(world: World) -> None:
    @handles(Placed, result=list[int])
    async def both(ctx: Context[Placed], step: Step) -> list[int]:
        winner = step.wait_for_event("winner", Paid, timeout="2h", lookback="run")
        won = await step.race(step.sleep("pause", "1m"), winner)
        second = await step.wait_for_event("second", Paid, timeout="2h", lookback="run")
        return [paid.data.amount if paid else -1 for paid in (won, second)]

    async with world.run(both) as bench:
        await bench.send(Placed())
        await bench.send(Paid(data=OrderData(amount=1)))
        await bench.send(Paid(data=OrderData(amount=2)))
        assert await result_of(bench) == [1, 2]
