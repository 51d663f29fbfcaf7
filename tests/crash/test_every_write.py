"""Crash at the n-th write, before and after it, for every n, and start again: nothing is lost, nothing is done twice.

A crash takes the engine and all that is in its memory; the store is what it is at that moment.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from tests.behaviour.conftest import ONCE, TWICE, OrderData, Paid, Placed, Withdrawn, also, handles
from tests.crash.flow_control import check_starts, with_policies
from tests.crash.machine import NEVER, Machine, When

from surestep import Context, Data, Event, FailureContext, Handler, Step, StepError
from surestep.authoring.system import FunctionFinished
from surestep.core.records import Record, RunStatus, StepDropped, StepFailed, StepSucceeded
from surestep.engines import patience
from surestep.engines.views import run_detail
from surestep.errors import InvokeSkippedError
from surestep.storage.port import RunQuery, StoredRun
from surestep.testing import InlineRegistry
from surestep_dsl.flow import CancelOn, CatchUp, Checkpointing, CronTrigger, EventTrigger, Singleton, SingletonMode

EVENTS = (Placed, Paid, Withdrawn)


class Journal:
    """What bodies did to the outside world; it survives crashes."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    async def note(self, what: str) -> str:
        self.done[what] += 1
        return what


def finished(journal: Journal) -> Handler:
    @handles(FunctionFinished)
    async def hears(ctx: Context[FunctionFinished], step: Step) -> None:
        await step.run("hear", journal.note, f"finished {ctx.event.data.run_id}")

    return hears


@dataclass(frozen=True)
class Script:
    """Handlers, what is sent to them and when, and how every run must have ended: (function, status, result)."""

    handlers: Callable[[Journal], list[Handler]]
    sent: tuple[tuple[str, Event], ...]
    ends: list[tuple[str, RunStatus, object]]


def in_sequence(journal: Journal) -> list[Handler]:
    flaky = Counter[str]()

    async def fails_once() -> str:
        flaky["attempts"] += 1
        if flaky["attempts"] < 2:
            raise ValueError("flaky")
        return await journal.note("flaky")

    @handles(Placed, retries=TWICE, result=str)
    async def order(ctx: Context[Placed], step: Step) -> str:
        await step.run("first", journal.note, "first")
        await step.run("flaky", fails_once)
        paid = await step.wait_for_event("payment", Paid, timeout="1h", lookback="run", match="data.order_id")
        await step.send_event("tell", Withdrawn(data=OrderData(amount=paid.data.amount if paid else -1)))
        await step.sleep("pause", "1m")
        return await step.run("last", journal.note, "last")

    @handles(Withdrawn, result=int)
    async def told(ctx: Context[Withdrawn], step: Step) -> int:
        await step.run("told", journal.note, "told")
        return ctx.event.data.amount

    return [order, told]


def in_parallel(journal: Journal) -> list[Handler]:
    @handles(Paid, triggers=(), takes=OrderData, result=int)
    async def child(ctx: Context[Paid], step: Step) -> int:
        await step.run("child", journal.note, "child")
        await step.sleep("pause", "10s")
        return ctx.event.data.amount

    async def branch(step: Step, name: str) -> str:
        await step.run(name, journal.note, f"{name} 1")
        await step.sleep(name, "5s")
        return await step.run(name, journal.note, f"{name} 2")

    @handles(Placed, result=str)
    async def order(ctx: Context[Placed], step: Step) -> str:
        found = await step.gather(
            branch(step, "left"),
            branch(step, "right"),
            step.invoke("call", child.function, OrderData(amount=3), timeout="1h"),
            step.wait_for_event("payment", Paid, timeout="30s", if_="async.data.amount > 100"),
        )
        return repr(found)

    return [order, child]


def in_a_race(journal: Journal) -> list[Handler]:
    async def slow(step: Step) -> str:
        await step.run("slow", journal.note, "slow")
        await step.sleep("slow", "1h")
        return await step.run("never", journal.note, "never")

    @handles(Placed, result=str)
    async def order(ctx: Context[Placed], step: Step) -> str:
        await step.race(slow(step), step.sleep("limit", "20s"), step.wait_for_event("paid", Paid, timeout="1h"))
        path = "new" if step.version("change") else "old"
        won = await step.race(step.run("quick", journal.note, "quick"), step.wait_for_event("no", Paid, timeout="1h"))
        await step.sleep("pause", "1m")
        return f"{path} {won}"

    return [order]


def held_back(journal: Journal) -> list[Handler]:
    @handles(Placed, result=int, checkpointing=Checkpointing(buffered_steps=2))
    async def order(ctx: Context[Placed], step: Step) -> int:
        for number in range(3):
            await step.run("early", journal.note, f"early {number}")
        await step.send_event("tell", Withdrawn())
        await step.sleep("pause", "1m")
        return len(await step.gather(*(step.run("late", journal.note, f"late {number}") for number in range(3))))

    @handles(Withdrawn)
    async def told(ctx: Context[Withdrawn], step: Step) -> None:
        await step.run("told", journal.note, "told")

    return [order, told]


def to_the_end(journal: Journal) -> list[Handler]:
    async def breaks() -> None:
        await journal.note("breaks")
        raise ValueError("broken")

    @handles(Placed, retries=ONCE, on_failure=True)
    async def order(ctx: Context[Placed], step: Step) -> None:
        try:
            await step.run("breaks", breaks)
        except StepError:
            await step.run("caught", journal.note, "caught")
        await step.sleep("pause", "1m")
        raise ValueError("broken, too")

    @also(order, "on_failure")
    async def handle_failure(ctx: FailureContext[Placed], step: Step) -> None:
        await step.run("mend", journal.note, f"mend {ctx.error.message}")

    @handles(Placed, cancel_on=(CancelOn("order/paid"),))
    async def sleeper(ctx: Context[Placed], step: Step) -> None:
        await step.run("begin", journal.note, "begin")
        await step.sleep("long", "1h")
        await step.run("never", journal.note, "never")

    return [order, handle_failure, sleeper]


class LogData(Data, frozen=True):
    log_id: str
    triggered_by: str = ""


class Requested(Event, frozen=True):
    name: Literal["shop/sync.requested"] = "shop/sync.requested"
    data: LogData


class Synced(Event, frozen=True):
    name: Literal["shop/sync.completed"] = "shop/sync.completed"
    data: LogData


def one_at_a_time(journal: Journal) -> list[Handler]:
    @handles(Placed, Withdrawn, singleton=Singleton(SingletonMode.CANCEL), on_cancel=True)
    async def newest(ctx: Context[Placed | Withdrawn], step: Step) -> None:
        await step.run("begin", journal.note, f"begin {ctx.event.name}")
        await step.sleep("work", "30s")
        await step.run("end", journal.note, f"end {ctx.event.name}")

    @also(newest, "on_cancel")
    async def handle_cancel(ctx: FailureContext[Placed], step: Step) -> None:
        await step.run("mend", journal.note, f"mend {ctx.event.name}")

    @handles(Placed, takes=OrderData, singleton=Singleton(SingletonMode.SKIP))
    async def busy(ctx: Context[Placed], step: Step) -> None:
        await step.run("work", journal.note, "busy")
        await step.sleep("work", "20s")

    @handles(Placed, result=str)
    async def caller(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.invoke("call", busy.function, OrderData(), timeout="1h")
        except InvokeSkippedError:
            return await step.run("skipped", journal.note, "skipped")
        return "called"

    return [newest, handle_cancel, busy, caller]


def a_job(journal: Journal) -> list[Handler]:
    @handles(
        Requested,
        function_id="shop-sync",
        triggers=(CronTrigger("1 0 1 1 *", catch_up=CatchUp.LAST), EventTrigger("shop/sync.requested")),
        singleton=Singleton(SingletonMode.SKIP),
        job="shop/sync",
        result=str,
    )
    async def sync(ctx: Context[Requested], step: Step) -> str:
        await step.run("work", journal.note, f"work {ctx.run_id}")
        await step.sleep("work", "45s")
        return "done"

    @handles(Synced)
    async def told(ctx: Context[Synced], step: Step) -> None:
        await step.run("told", journal.note, f"told {ctx.event.data.log_id}")

    return [sync, told]


COMPLETED = RunStatus.COMPLETED
SCRIPTS = {
    "in sequence": Script(
        in_sequence,
        (("0s", Placed(id="placed")), ("10s", Paid(id="paid", data=OrderData(amount=7)))),
        [("order", COMPLETED, "last"), ("told", COMPLETED, 7)],
    ),
    "in parallel": Script(
        in_parallel,
        (("0s", Placed(id="placed")), ("1s", Paid(id="paid", data=OrderData(amount=1)))),
        [("child", COMPLETED, 3), ("order", COMPLETED, "('left 2', 'right 2', 3, None)")],
    ),
    "in a race": Script(
        in_a_race,
        (("0s", Placed(id="placed")), ("10s", Paid(id="paid"))),
        [("order", COMPLETED, "new quick")],
    ),
    "held back": Script(
        held_back,
        (("0s", Placed(id="placed")),),
        [("order", COMPLETED, 3), ("told", COMPLETED, None)],
    ),
    "to the end": Script(
        to_the_end,
        (("0s", Placed(id="placed")), ("10s", Paid(id="paid"))),
        [
            ("order", RunStatus.FAILED, None),
            ("order:on_failure", COMPLETED, None),
            ("sleeper", RunStatus.CANCELLED, None),
        ],
    ),
    "one at a time": Script(
        one_at_a_time,
        (("0s", Placed(id="placed")), ("10s", Withdrawn(id="withdrawn"))),
        [
            ("busy", COMPLETED, None),
            ("busy", RunStatus.SKIPPED, None),
            ("caller", COMPLETED, "skipped"),
            ("newest", RunStatus.CANCELLED, None),
            ("newest", COMPLETED, None),
            ("newest:on_cancel", COMPLETED, None),
        ],
    ),
    "policies": Script(
        lambda journal: with_policies(journal.note),
        tuple(("1s", Placed(id=name, data=OrderData(order_id=name))) for name in "abc"),
        [
            ("batched", COMPLETED, "batched ab"),
            ("batched", COMPLETED, "batched c"),
            ("debounced", COMPLETED, "debounced c"),
            ("queued", COMPLETED, "queued a"),
            ("queued", COMPLETED, "queued b"),
            ("queued", COMPLETED, "queued c"),
        ],
    ),
    "a job": Script(
        a_job,
        (("61s", Placed(id="placed")),),
        [("shop-sync", COMPLETED, "done"), ("told", COMPLETED, None)],
    ),
}


@dataclass
class Shop(Machine):
    """A machine with a script, the outside world of its bodies, and what was seen committed."""

    journal: Journal = field(default_factory=Journal)
    committed: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)


def _shop(path: Path | None, script: Script) -> Shop:
    journal = Journal()
    handlers = [*script.handlers(journal), finished(journal)]
    return Shop(path, InlineRegistry("shop", (*EVENTS, Requested, Synced), handlers), script.sent, journal=journal)


async def _inspect(machine: Shop) -> list[tuple[str, RunStatus, object]]:
    """Check what must hold at any time; returns how the runs stand."""
    store = await machine.open()
    found: list[tuple[str, RunStatus, object]] = []
    runs: list[StoredRun] = []
    events = {event.event_id for event in await store.list_events(limit=1_000)}
    assert events >= set(machine.accepted)
    for row in reversed(await store.list_runs(RunQuery(limit=1_000))):
        stored = await store.load_run(row.run_id)
        assert stored is not None
        runs.append(stored)
        ends = (StepSucceeded, StepFailed, StepDropped)
        settled = [record.key for record in stored.records if isinstance(record, ends)]
        assert len(settled) == len(set(settled))
        _check_not_repeated(machine, row.run_id, stored.records)
        found.append((row.function_id, row.status, run_detail(stored, {}).result))
    check_starts(runs, await store.load_queue(machine.clock.now_ms()), machine.journal.done)
    await store.close()
    return sorted((one for one in found if one[0] != "hears"), key=lambda one: one[:2])


def _check_not_repeated(machine: Shop, run_id: str, records: Sequence[Record]) -> None:
    """A body whose result is stored has run as often as when it was first seen stored."""
    for record in records:
        if isinstance(record, StepSucceeded) and record.kind == "run":
            name = record.value.decode().strip('"')
            seen = machine.committed.setdefault((run_id, str(record.key)), Counter({name: machine.journal.done[name]}))
            assert machine.journal.done[name] == seen[name], f"{name} ran again"


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], Path | None]:
    on_disk: bool = request.param == "sqlite"
    return lambda number: tmp_path / f"{number}.db" if on_disk else None


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_crash_at_any_write_loses_and_repeats_nothing(
    name: str,
    when: When,
    place: Callable[[int], Path | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 3_600)
    for fail_at in count(1):
        machine = _shop(place(fail_at), SCRIPTS[name])
        crashed = await machine.run_once(fail_at, when)
        await _inspect(machine)
        if crashed:
            assert not await machine.run_once(NEVER, when)
        assert await _inspect(machine) == SCRIPTS[name].ends, f"write {fail_at}"
        assert sorted(_ends_told(machine)) == sorted(set(_ends_told(machine)))
        ends = [end for end in SCRIPTS[name].ends if ":" not in end[0] and end[1] is not RunStatus.SKIPPED]
        assert len(_ends_told(machine)) == len(ends)
        if not crashed:
            assert fail_at > 8
            return


def _ends_told(machine: Shop) -> list[str]:
    """One entry for each time a committed listener heard of an end."""
    return [key[0] for key, seen in machine.committed.items() if any(name.startswith("finished") for name in seen)]


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_crash_at_every_third_write_loses_and_repeats_nothing(
    name: str, place: Callable[[int], Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 3_600)
    machine = _shop(place(0), SCRIPTS[name])
    lives = 0
    while await machine.run_once(3, "after"):
        lives += 1
        await _inspect(machine)
    assert await _inspect(machine) == SCRIPTS[name].ends
    assert lives > 3
