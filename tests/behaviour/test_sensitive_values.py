"""Values that specs call sensitive: handlers have them, files and onlookers do not."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field
from tests.behaviour.conftest import ONCE, handles

from surestep import Context, Data, Event, Handler, Step
from surestep.authoring.wire import Sensitive, String
from surestep.core.records import RunStatus
from surestep.engines.embedded import Engine
from surestep.engines.waiters import waiter_matches
from surestep.errors import ConfigurationError
from surestep.storage.keyring import Keyring, new_key
from surestep.storage.sqlite import SqliteStore
from surestep.testing import Bench, InlineRegistry, VirtualClock

SECRET = "4111-1111-1111-1111"
KEY = new_key()


class PaymentData(Data, frozen=True):
    order_id: String = "o-1"
    card: Annotated[String, Sensitive(), Field(repr=False)] = SECRET


class Asked(Event, frozen=True):
    name: Literal["payment/asked"] = "payment/asked"
    data: PaymentData = PaymentData()


class Confirmed(Event, frozen=True):
    name: Literal["payment/confirmed"] = "payment/confirmed"
    data: PaymentData = PaymentData()


async def look_up(card: str) -> str:
    return f"owner of {card}"


async def refuse(card: str) -> None:
    raise ValueError(f"{card} was refused")


@handles(Asked, result=PaymentData)
async def pay(ctx: Context[Asked], step: Step) -> PaymentData:
    ctx.logger.info("asked for %r", ctx.event)
    assert await step.run("look-up", look_up, ctx.event.data.card) == f"owner of {SECRET}"
    confirmed = await step.wait_for_event("confirmed", Confirmed, timeout="1h", match="data.order_id")
    assert confirmed is not None
    return confirmed.data


@handles(Asked, retries=ONCE)
async def fail(ctx: Context[Asked], step: Step) -> None:
    await step.run("refuse", refuse, ctx.event.data.card)


def registry(*handlers: Handler) -> InlineRegistry:
    return InlineRegistry("shop", (Asked, Confirmed), handlers or (pay, fail), sensitive=True)


async def bench(path: Path, clock: VirtualClock, *keys: str) -> Bench:
    store = await SqliteStore.open(path, matches=waiter_matches, keyring=Keyring(*keys) if keys else None)
    return Bench(registry(), store=store, clock=clock)


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_no_file_holds_them_while_runs_go_on_across_restarts(tmp_path: Path) -> None:
    path, clock = tmp_path / "store.db", VirtualClock()
    async with await bench(path, clock, KEY) as first:
        await first.send(Asked())
        assert SECRET.encode() not in files(tmp_path)
    async with await bench(path, clock, KEY) as second:
        await second.send(Confirmed())
        runs = {run.run.function_id: run for run in await second.runs()}
        assert runs["pay"].result == {"order_id": "o-1", "card": SECRET}
        assert runs["fail"].run.status is RunStatus.FAILED
        assert SECRET.encode() not in files(tmp_path)
    assert SECRET.encode() not in files(tmp_path)


async def test_what_is_shown_is_masked(tmp_path: Path) -> None:
    async with await bench(tmp_path / "store.db", VirtualClock(), KEY) as shop:
        await shop.send(Asked())
        await shop.send(Confirmed())
        shown = [await shop.engine.show_run(run.run_id) for run in await shop.engine.list_runs(function_id="pay")]
        events = await shop.engine.list_events()

    (run,) = shown
    assert run is not None
    assert run.result == {"order_id": "o-1", "card": "***"}
    assert [event.data for event in run.events] == [{"order_id": "o-1", "card": "***"}]
    assert SECRET not in str(events)


async def test_system_events_are_masked_too(tmp_path: Path) -> None:
    from surestep.authoring.system import FunctionFinished

    @handles(FunctionFinished)
    async def hears(ctx: Context[FunctionFinished], step: Step) -> None: ...

    store = await SqliteStore.open(tmp_path / "store.db", matches=waiter_matches, keyring=Keyring(KEY))
    async with Bench(registry(pay, hears), store=store) as shop:
        await shop.send(Asked())
        await shop.send(Confirmed())
        (finished,) = await shop.engine.list_events(name="inngest/function.finished")

    assert isinstance(finished.data, dict)
    assert finished.data["result"] == {"order_id": "o-1", "card": "***"}
    assert SECRET not in str(finished)


async def test_a_logged_event_does_not_show_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with await bench(tmp_path / "store.db", VirtualClock(), KEY) as shop:
        await shop.send(Asked())

    assert "asked for Asked(" in caplog.text
    assert SECRET not in caplog.text


async def test_without_keys_the_app_does_not_start_unless_that_is_allowed(tmp_path: Path) -> None:
    async def open_plain() -> SqliteStore:
        return await SqliteStore.open(tmp_path / "store.db", matches=waiter_matches)

    with pytest.raises(ConfigurationError, match="the specs have sensitive values") as refused:
        await Engine(registry=registry(), store=await open_plain()).__aenter__()
    assert "SURESTEP_KEYS" in (refused.value.hint or "")

    async with Engine(registry=registry(), store=await open_plain(), allow_plain_sensitive=True):
        pass
    async with Bench(registry()):  # memory is no file
        pass


async def test_an_event_that_no_longer_fits_is_told_without_its_values(tmp_path: Path) -> None:
    class Narrow(PaymentData, frozen=True):
        card: Annotated[String, Sensitive(), Field(repr=False, max_length=3)] = "1"

    class Asked2(Event, frozen=True):
        name: Literal["payment/asked"] = "payment/asked"
        data: Narrow = Narrow()

    @handles(Asked2, function_id="pay")
    async def narrow(ctx: Context[Asked2], step: Step) -> None: ...

    path, clock = tmp_path / "store.db", VirtualClock()
    async with await bench(path, clock, KEY) as first:
        await first.send(Asked())
    store = await SqliteStore.open(path, matches=waiter_matches, keyring=Keyring(KEY))
    second = InlineRegistry("shop", (Asked2, Confirmed), (narrow,), sensitive=True)
    async with Bench(second, store=store, clock=clock) as bench2:
        await bench2.send(Confirmed())
        run = await bench2.run("pay")

    assert run.run.status is RunStatus.BLOCKED
    assert run.error is not None
    assert "data.card: String should have at most 3 characters" in run.error.message
    assert SECRET not in run.error.message
