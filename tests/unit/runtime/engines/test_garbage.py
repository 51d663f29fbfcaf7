"""The collector looks at less, and less often."""

import gc

from tests.behaviour.conftest import Placed, handles

from surestep import Context, Step
from surestep.engines.garbage import relieve_collector
from surestep.testing import Bench, InlineRegistry


def test_what_lives_is_left_out_and_new_objects_are_collected_less_often() -> None:
    before = gc.get_threshold()
    try:
        relieve_collector()
        assert gc.get_threshold() == (50_000, *before[1:])
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def test_runs_that_have_ended_or_sleep_leave_nothing_to_the_collector() -> None:
    @handles(Placed)
    async def order(ctx: Context[Placed], step: Step) -> None:
        await step.run("charge", int)
        await step.sleep("rest", "1h")

    async with Bench(InlineRegistry("shop", (Placed,), [order]), cached_turns=0) as bench:
        await bench.send(Placed())  # what is made once is made now
        await bench.finish()
        gc.collect()
        gc.disable()
        try:
            found = []
            for runs in (1, 40):
                await bench.send(*[Placed()] * runs)
                await bench.finish()
                found.append(gc.collect())
        finally:
            gc.enable()
    assert found[1] < found[0] + 40
