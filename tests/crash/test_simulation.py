"""Random handlers in bad weather: slow and full disks, crashes, jumping clocks, orders of events that nobody expects.

Every world follows from its seed, which a failure names; `SURESTEP_SEED=n` starts with that one.
"""

import asyncio
import contextlib
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from tests.behaviour.conftest import OrderData, Paid, Placed, Withdrawn, handles
from tests.crash.machine import NEVER, Watched, When, count_bodies
from typing_extensions import override

from surestep import Context, Event, Handler, Step, StepError
from surestep.authoring.system import FunctionFinished
from surestep.core.records import ENDED, RunCompleted
from surestep.engines import patience
from surestep.errors import StoreError
from surestep.storage.port import RunQuery, Store
from surestep.testing import Bench, InlineRegistry
from surestep.testing.faults import FaultyStore
from surestep_dsl.flow import Backoff, CancelOn, Concurrency, Retries, Throttle

WORLDS = 12
SOON = Retries(2, Backoff(1_000, factor=2, jitter_ms=500))

_T = TypeVar("_T")


class StormyStore(FaultyStore):
    """Writes take turns of the loop, and some find the disk full."""

    def __init__(self, inner: Store, draw: random.Random, *, fail_at: int, when: When) -> None:
        super().__init__(inner, fail_at=fail_at, when=when)
        self._draw = draw

    @override
    async def _write(self, call: Callable[[], Awaitable[_T]]) -> _T:
        for _ in range(self._draw.choice((0, 0, 0, 1, 5))):
            await asyncio.sleep(0)
        if self._draw.random() < 0.05:
            raise StoreError("the disk is full")
        return await super()._write(call)


@dataclass
class World(Watched):
    """A machine in bad weather."""

    draw: random.Random = random  # type: ignore[assignment]

    @override
    async def live(self, bench: Bench) -> None:
        for pause, event in self.sent[len(self.accepted) :]:
            if self.draw.random() < 0.3:
                await self.clock.advance_to(self.clock.now_ms() + self.draw.randrange(-3_600_000, 3_600_000))
            await bench.advance(pause)
            self.accepted += await self.send(bench, event)
        await bench.finish("30d")

    async def send(self, bench: Bench, event: Event) -> list[str]:
        """As a client does: again, until it is answered."""
        while True:
            with contextlib.suppress(StoreError):
                return await bench.send(event)
            await asyncio.sleep(0)

    @override
    def weather(self, store: Store, fail_at: int, when: When) -> FaultyStore:
        return StormyStore(store, self.draw, fail_at=fail_at, when=when)


async def body(value: int) -> int:
    return value


async def fails_at_first(draw: random.Random, value: int) -> int:
    if draw.random() < 0.5:
        raise ValueError("not yet")
    return value


async def act(step: Step, plan: random.Random, weather: random.Random, depth: int = 0) -> int:
    """Some steps, one after the other or at the same time. What is asked for follows from `plan` alone."""
    total = 0
    for _ in range(plan.randrange(1, 4)):
        match plan.choice(("run", "flaky", "sleep", "send", "wait", "gather")):
            case "run":
                total += await step.run("run", body, 1)
            case "flaky":
                with contextlib.suppress(StepError):
                    total += await step.run("flaky", fails_at_first, weather, 1)
            case "sleep":
                await step.sleep("sleep", f"{plan.randrange(1, 90)}s")
            case "send":
                event = plan.choice((Paid, Withdrawn))
                await step.send_event("send", event(data=OrderData(amount=plan.randrange(3))))
            case "wait":
                lookback: Literal["none", "run"] = plan.choice(("none", "run"))
                paid = await step.wait_for_event(
                    "wait", Paid, timeout=f"{plan.randrange(1, 300)}s", lookback=lookback, if_="async.data.amount > 0"
                )
                total += paid is not None
            case _ if depth < 2:
                branches = [act(step, random.Random(plan.random()), weather, depth + 1) for _ in range(3)]
                total += sum(await step.gather(*branches))
            case _:
                pass
    return total


def draw_policies(draw: random.Random) -> dict[str, Any]:
    """Policies under which runs wait, and none is dropped."""
    options: dict[str, Any] = {}
    if draw.random() < 0.5:
        per: Literal["step", "run"] = draw.choice(("step", "run"))
        key = draw.choice((None, "event.data.amount", "event.data.missing"))
        options["concurrency"] = (Concurrency(draw.randrange(1, 3), key, per=per), Concurrency(1))
    if draw.random() < 0.5:
        options["throttle"] = Throttle(1, draw.choice((1_000, 60_000)), draw.randrange(3))
    if draw.random() < 0.5:
        options["priority"] = "int(event.data.amount) * 100"
    return options


def make_handlers(seed: int, weather: random.Random) -> list[Handler]:
    """Two functions on the same event, one that events cancel, and one that hears of every end."""

    policies = random.Random(f"{seed} policies")

    @handles(Placed, retries=SOON, result=int, **draw_policies(policies))
    async def first(ctx: Context[Placed], step: Step) -> int:
        return await act(step, random.Random(f"{seed} first {ctx.event.id}"), weather)

    cancelled = (CancelOn("order/withdrawn", match="data.amount"),)

    @handles(Placed, retries=SOON, result=int, cancel_on=cancelled, **draw_policies(policies))
    async def second(ctx: Context[Placed], step: Step) -> int:
        total = await act(step, random.Random(f"{seed} second {ctx.event.id}"), weather)
        if ctx.event.data.amount == 2:
            raise ValueError("it fails in the end")
        return total

    @handles(FunctionFinished, result=str)
    async def hears(ctx: Context[FunctionFinished], step: Step) -> str:
        return ctx.event.data.run_id

    return [first, second, hears]


async def weather_the_storm(seed: int, path: Path | None, begun: Counter[str]) -> None:
    draw = random.Random(seed)
    events = [Placed(id=f"order-{number}", data=OrderData(amount=number % 3)) for number in range(4)]
    sent = tuple((f"{draw.randrange(100)}s", event) for event in events)
    registry = InlineRegistry("shop", (Placed, Paid, Withdrawn), make_handlers(seed, draw))
    world = World(path, registry, sent, begun=begun, draw=draw)
    for _ in range(draw.randrange(6)):
        when: When = draw.choice(("before", "after"))
        await world.run_once(draw.randrange(1, 60), when)
        await world.inspect()
    while await world.run_once(NEVER, "before"):
        pass  # the disk was full when it started
    await world.inspect()
    await check_ends(world)


async def check_ends(world: World) -> None:
    store = await world.open()
    told: Counter[str] = Counter()
    started: Counter[tuple[str, str]] = Counter()
    ended = set()
    for row in await store.list_runs(RunQuery(limit=1_000)):
        assert row.status in ENDED, f"run {row.run_id} is {row.status}"
        run = await store.load_run(row.run_id)
        assert run is not None
        match run.records[-1]:
            case RunCompleted(value=value) if row.function_id == "hears":
                told[value.decode().strip('"')] += 1
            case _:
                ended.add(row.run_id)
                started[row.function_id, run.events[0].id] += 1
    await store.close()
    assert told == Counter(ended), "an end was not told exactly once"
    assert started == Counter((name, event.id) for name in ("first", "second") for _, event in world.sent)


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "sqlite"])
async def test_no_weather_breaks_a_promise(on_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 0)
    begun = count_bodies(monkeypatch)
    fresh = 0 if os.environ.get("CI") else random.SystemRandom().randrange(1_000_000)
    first = int(os.environ.get("SURESTEP_SEED", fresh))
    for seed in range(first, first + WORLDS):
        try:
            await weather_the_storm(seed, tmp_path / f"{seed}.db" if on_disk else None, begun)
        except BaseException as error:
            error.add_note(f"SURESTEP_SEED={seed}")
            raise
