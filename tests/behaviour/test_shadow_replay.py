"""An engine replays some of the runs that have finished: a disagreement is logged and counted, no run is touched."""

import logging
from typing import Any

import pytest
from tests.behaviour.conftest import Placed, handles

from surestep import Handler, Step
from surestep.core.records import RunStatus
from surestep.engines.determinism import Comparison, Determinism
from surestep.engines.replaying import App
from surestep.engines.shadow import Shadow
from surestep.engines.waiters import waiter_matches
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.memory import MemoryStore
from surestep.storage.port import Checkpoint
from surestep.testing import Bench, InlineRegistry


def counting(calls: list[int]) -> Handler:
    """A handler that returns something else each time."""

    async def process(ctx: Any, step: Step) -> object:
        calls.append(1)
        return len(calls)

    return handles(Placed, result=object)(process)


def steady() -> Handler:
    async def process(ctx: Any, step: Step) -> object:
        await step.sleep("pause", "1m")
        return 1

    return handles(Placed, result=object)(process)


def bench_of(handler: Handler, determinism: Determinism) -> Bench:
    registry = InlineRegistry("shop", [Placed], [handler])
    return Bench(registry, determinism=determinism, shadow_replay=False)


async def test_a_finished_run_that_differs_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "surestep.shadow"):
        async with bench_of(counting([]), Determinism(shadow_replay=1.0)) as bench:
            await bench.send(Placed())
            await bench.engine.shadow.caught_up()
            run = await bench.run()
            assert (run.run.status, run.result) == (RunStatus.COMPLETED, 1)
            assert (bench.engine.shadow.replayed, bench.engine.shadow.diverged) == (1, 1)
    [message] = caplog.messages
    assert message.startswith("R300 a replay of a finished run does something else: in run ")
    assert message.endswith(
        "  hint: the code behind the last step was changed, or it does something different each time"
    )


async def test_a_run_that_does_the_same_is_counted_only(caplog: pytest.LogCaptureFixture) -> None:
    async with bench_of(steady(), Determinism(shadow_replay=1.0)) as bench:
        await bench.send(Placed())
        assert bench.engine.shadow.replayed == 0
        await bench.finish()
        await bench.engine.shadow.caught_up()
        assert (bench.engine.shadow.replayed, bench.engine.shadow.diverged) == (1, 0)
    assert caplog.messages == []


@pytest.mark.parametrize("determinism", [Determinism(), Determinism({"process": Comparison.OFF}, shadow_replay=1.0)])
async def test_by_default_and_where_runs_may_disagree_nothing_is_replayed(determinism: Determinism) -> None:
    calls: list[int] = []
    async with bench_of(counting(calls), determinism) as bench:
        await bench.send(Placed())
        await bench.engine.shadow.caught_up()
        assert bench.engine.shadow.replayed == 0
    assert len(calls) == 1


async def test_a_sample_is_drawn() -> None:
    async with bench_of(counting([]), Determinism(shadow_replay=0.5)) as bench:
        for _ in range(40):
            await bench.send(Placed())
        await bench.engine.shadow.caught_up()
        assert 5 < bench.engine.shadow.replayed < 35


async def test_more_than_can_wait_to_be_replayed_are_skipped() -> None:
    registry = InlineRegistry("shop", [Placed], [steady()])
    app = App(registry, registry.load_functions(), Guard(GuardMode.OFF).resume)
    shadow = Shadow(MemoryStore(waiter_matches), app, Determinism(shadow_replay=1.0), lambda: 0.5)
    for number in range(150):
        shadow.notice(Checkpoint(f"r{number}", 1, (), RunStatus.COMPLETED))
        shadow.notice(Checkpoint(f"r{number}", 1, (), RunStatus.WAITING))
    assert shadow.skipped == 50
