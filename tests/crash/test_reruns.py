"""Crash at every write while a failed run is done again from a step: it is there whole or not at all."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from tests.behaviour.conftest import ONCE, OrderData, Placed, handles
from tests.crash.machine import Machine, When
from typing_extensions import override

from surestep import Context, Step
from surestep.core.records import RunCopied, RunStatus
from surestep.engines.control_api import RerunStarted
from surestep.storage.port import RunQuery
from surestep.testing import Bench, InlineRegistry

done: Counter[str] = Counter()


def note(what: str) -> str:
    done[what] += 1
    return what


def check(amount: int) -> int:
    if amount < 0:
        raise ValueError("negative")
    return amount


@handles(Placed, result=object, retries=ONCE)
async def process(ctx: Context[Placed], step: Step) -> object:
    await step.run("first", note, "first")
    amount = await step.run("check", check, ctx.event.data.amount)
    await step.sleep("pause", "1m")
    return await step.run("last", note, f"last {amount}")


@dataclass
class Careful(Machine):
    """Its client asks again until it is answered."""

    answered: str = ""

    @override
    async def live(self, bench: Bench) -> None:
        if not self.accepted:
            self.accepted += await bench.send(Placed(id="placed", data=OrderData(amount=-1)))
        await bench.finish("2h")
        if not self.answered:
            [*_, failed] = await bench.store.list_runs(RunQuery(limit=100))
            started = await bench.engine.control.rerun(failed.run_id, step="check", data=b'{"amount": 5}')
            assert isinstance(started, RerunStarted)
            self.answered = started.run_id
        await bench.finish("2h")

    async def inspect(self) -> list[tuple[RunStatus, bool]]:
        """How the runs stand, oldest first, and whether they are copies; a copy has what it begins with."""
        store = await self.open()
        found = []
        for row in reversed(await store.list_runs(RunQuery(limit=100))):
            stored = await store.load_run(row.run_id)
            assert stored is not None
            is_copy = bool(stored.records) and isinstance(stored.records[0], RunCopied)
            assert not is_copy or [str(record.key) for record in stored.records[1:2]] == ["first"]  # type: ignore[union-attr]
            found.append((row.status, is_copy))
        await store.close()
        return found


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], Path | None]:
    on_disk: bool = request.param == "sqlite"
    return lambda number: tmp_path / f"{number}.db" if on_disk else None


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_at_any_write_leaves_a_copy_whole_or_none(
    place: Callable[[int], Path | None], when: When
) -> None:
    for fail_at in count(1):
        done.clear()
        machine = Careful(place(fail_at), InlineRegistry("shop", [Placed], [process]), ())
        crashed = await machine.run_once(fail_at, when)
        await machine.inspect()
        firsts = done["first"]
        while not machine.answered or (await machine.inspect())[-1][0] is not RunStatus.COMPLETED:
            await machine.run_once(1_000_000, when)
        original, *copies = await machine.inspect()
        assert original == (RunStatus.FAILED, False)
        assert 1 <= len(copies) <= (2 if crashed else 1)
        assert set(copies) == {(RunStatus.COMPLETED, True)}
        assert done["first"] <= firsts + 1  # of the original, where it was not yet stored
        if not crashed:
            assert done == {"first": 1, "last 5": 1}
            return
