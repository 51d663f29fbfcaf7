"""Every example of `specs/` crashes at its n-th write, before and after it, for every n, and ends as if it had not."""

import asyncio
import functools
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from tests.crash.machine import NEVER, Machine, When
from tests.examples.conftest import REGISTRY  # type: ignore[attr-defined]  # it makes the examples importable
from tests.examples.test_onboarding import signup
from tests.examples.test_orders import order, payment
from tests.examples.test_providers import request as sync
from tests.examples.test_reminders import paid, remind
from tests.examples.test_reports import request as report

from surestep import Event
from surestep.core.records import ENDED, RunStatus, StepFailed, StepSucceeded
from surestep.core.state import RunState, evolve
from surestep.engines import patience
from surestep.engines.bodies import Bodies
from surestep.engines.views import run_detail
from surestep.storage.port import RunQuery, StoredRun

End: TypeAlias = tuple[str, RunStatus, str]


def named(event: Event, event_id: str) -> Event:
    """With an id: the client sends again what was not answered, and must not start a second run by it."""
    return event.model_copy(update={"id": event_id})


SCRIPTS: dict[str, tuple[tuple[str, Event], ...]] = {
    "onboarding": (("0s", named(signup("ada"), "ada")), ("1m", named(signup("bob", "free"), "bob"))),
    "orders": (
        ("0s", named(order("1"), "order-1")),
        ("1s", named(order("2"), "order-2")),
        ("2h", named(payment("1"), "paid-1")),
        ("1m", named(payment("2", "declined-2"), "paid-2")),
    ),
    "providers": (
        ("0s", named(sync("log-1"), "log-1")),
        ("1m", named(sync("log-7"), "log-7")),
        ("1m", named(sync("unknown-1"), "unknown-1")),
    ),
    "reminders": (
        ("0s", named(remind(), "remind")),
        ("2h", named(paid(45_000), "paid")),
    ),
    "reports": (("0s", named(report("ada"), "ada")), ("1s", named(report("unknown"), "unknown"))),
}


@dataclass
class Watched(Machine):
    """A machine that counts how often each body began, and how often it had when its result was seen stored."""

    begun: Counter[str] = field(default_factory=Counter)
    settled: dict[str, int] = field(default_factory=dict)

    async def inspect(self) -> list[End]:
        """Check what must hold at any time; returns how the runs stand."""
        store = await self.open()
        events = {event.event_id for event in await store.list_events(limit=1_000)}
        assert events >= set(self.accepted), "an accepted event is lost"
        found: list[End] = []
        for row in await store.list_runs(RunQuery(limit=1_000)):
            stored = await store.load_run(row.run_id)
            assert stored is not None
            self._check_run(stored)
            if row.status is not RunStatus.SKIPPED:  # what is sent again while a singleton runs is recorded so
                found.append((row.function_id, row.status, repr(run_detail(stored, {}).result)))
        await store.close()
        return sorted(found)

    def _check_run(self, stored: StoredRun) -> None:
        state = functools.reduce(evolve, stored.records, RunState())
        assert state.end == (stored.row.status if stored.row.status in ENDED else None)
        ended = [record for record in stored.records if isinstance(record, StepSucceeded | StepFailed)]
        assert len({record.key for record in ended}) == len(ended), "a wait has two outcomes"
        for record in ended:
            name = f"{stored.row.run_id} {record.key}"
            assert self.begun[name] == self.settled.setdefault(name, self.begun[name]), f"{name} ran again"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Bodies that began, by run and step; and nobody waits for services that are pretended."""
    seen: Counter[str] = Counter()
    attempt = Bodies.attempt

    async def count_attempt(self: Bodies, *asked: Any, **how: Any) -> Any:
        task = asyncio.current_task()
        assert task is not None
        seen[task.get_name()] += 1
        return await attempt(self, *asked, **how)

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Bodies, "attempt", count_attempt)
    monkeypatch.setattr("examples.services.pretend.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr("examples.services.pretend.asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(patience, "_PAUSE_S", 3_600)
    return seen


async def test_every_example_has_a_script() -> None:
    machine = [Watched(None, REGISTRY, script) for script in SCRIPTS.values()]
    started = set()
    for one in machine:
        await one.run_once(NEVER, "before")
        started |= {function_id for function_id, _, _ in await one.inspect()}
    assert started >= set(REGISTRY.functions)


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "sqlite"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", SCRIPTS)
async def test_an_example_ends_the_same_whichever_write_it_crashes_at(
    name: str, when: When, on_disk: bool, tmp_path: Path, begun: Counter[str]
) -> None:
    whole = Watched(None, REGISTRY, SCRIPTS[name], begun=begun)
    assert not await whole.run_once(NEVER, when)
    expected = await whole.inspect()
    assert {status for _, status, _ in expected} <= ENDED
    # Each write of the memory store is a transaction, too; a file is made for every third write only, to save time.
    for fail_at in count(1, 3 if on_disk else 1):
        path = tmp_path / f"{fail_at}.db" if on_disk else None
        machine = Watched(path, REGISTRY, SCRIPTS[name], begun=begun)
        crashed = await machine.run_once(fail_at, when)
        await machine.inspect()
        if crashed:
            assert not await machine.run_once(NEVER, when)
        assert await machine.inspect() == expected, f"write {fail_at}"
        if not crashed:
            assert fail_at > 5
            return
