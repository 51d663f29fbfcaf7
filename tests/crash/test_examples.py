"""Every example of `specs/` crashes at its n-th write, before and after it, for every n, and ends as if it had not."""

import asyncio
from collections import Counter
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.crash.machine import NEVER, Watched, When, count_bodies
from tests.examples.conftest import REGISTRY  # type: ignore[attr-defined]  # it makes the examples importable
from tests.examples.test_onboarding import signup
from tests.examples.test_orders import order, payment
from tests.examples.test_providers import request as sync
from tests.examples.test_reminders import paid, remind
from tests.examples.test_reports import request as report

from surestep import Event
from surestep.core.records import ENDED
from surestep.engines import patience


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


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Bodies that began, by run and step; and nobody waits for services that are pretended."""

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("examples.services.pretend.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr("examples.services.pretend.asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(patience, "_PAUSE_S", 3_600)
    return count_bodies(monkeypatch)


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
