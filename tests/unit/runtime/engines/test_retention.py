import pytest
from tests.behaviour.conftest import Paid, Placed, World, handles, world  # noqa: F401 -- a fixture

from surestep import Context, Step
from surestep.core.records import RunStatus
from surestep.engines.retention import Retention, Sweeper, plan_next, plan_pruning
from surestep.engines.waiters import waiter_matches
from surestep.storage.memory import MemoryStore
from surestep.storage.pruning import Prunable, PruneQuery, Stored
from surestep.testing import VirtualClock

DAY_MS = 24 * 3_600_000


@handles(Placed, result=str)
async def order(ctx: Context[Placed], step: Step) -> str:
    paid = await step.wait_for_event("payment", Paid, timeout="60d", lookback="run")
    return "paid" if paid else "unpaid"


@handles(Placed)
async def note(ctx: Context[Placed], step: Step) -> None: ...


def test_what_is_too_old_or_too_much_may_go_and_what_a_live_run_needs_may_not() -> None:
    planned = plan_pruning(Stored(12, 30, "e7"), Retention(age_ms=1_000, runs=10, events=40), 5_000)

    assert planned == PruneQuery(before_ms=4_000, surplus_runs=2, surplus_events=0, until_event="e7")


def test_the_next_question_goes_on_where_the_last_answer_ended() -> None:
    query = PruneQuery(9, surplus_runs=3, surplus_events=2)

    second = plan_next(query, Prunable(runs=("r1", "r2")))
    assert second == PruneQuery(9, surplus_runs=1, surplus_events=2, after_run="r2")
    assert second is not None
    assert plan_next(second, Prunable(events=("e1",))) == PruneQuery(
        9, surplus_runs=1, surplus_events=1, after_run="r2", after_event="e1"
    )
    assert plan_next(query, Prunable()) is None


async def test_a_month_later_only_what_lives_is_left_and_it_goes_on(world: World) -> None:  # noqa: F811
    async with world.run(order, note) as bench:
        await bench.send(Paid(id="before"))
        await bench.send(Placed())
        await bench.send(Placed())
        await bench.advance("31d")
        sweeper = Sweeper(bench.store, bench.clock, Retention(age_ms=30 * DAY_MS))

        assert await sweeper.sweep() == (2, 1)
        assert await sweeper.sweep() == (0, 0)
        assert sorted(run.run.function_id for run in await bench.runs()) == ["order", "order"]

        await bench.send(Paid(id="after"))
        assert {run.run.status for run in await bench.runs()} == {RunStatus.COMPLETED}


async def test_the_oldest_go_when_there_are_too_many(world: World) -> None:  # noqa: F811
    async with world.run(note) as bench:
        sent = [(await bench.send(Placed(id=str(number))))[0] for number in range(5)]

        assert await Sweeper(bench.store, bench.clock, Retention(runs=2, events=3)).sweep() == (3, 2)

        assert [event.event_id for event in await bench.engine.list_events()] == sent[:1:-1]
        assert len(await bench.runs()) == 2


async def test_a_clock_that_is_put_forward_deletes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    clock = VirtualClock()
    sweeper = Sweeper(MemoryStore(waiter_matches), clock, Retention())
    assert not sweeper.is_clock_wrong()

    await clock.advance_to(clock.now_ms() + 2 * 3_600_000)

    assert [sweeper.is_clock_wrong(), sweeper.is_clock_wrong()] == [True, True]
    assert [message.partition(";")[0] for message in caplog.messages] == ["the clock was put forward"]
