"""A run is written down as a document, with sensitive values masked, and replayed from it."""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field
from tests.behaviour.conftest import ONCE, Paid, Placed, World, handles

from surestep import Context, Data, Event, Handler, Step
from surestep.authoring.wire import Integer, Sensitive, String
from surestep.engines.histories import UnreadableHistoryError, parse_history
from surestep.engines.replaying import App, Verdict, replay_run
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.port import StoredRun
from surestep.testing import Bench, InlineRegistry

SECRET = "4111-1111-1111-1111"


def fails() -> None:
    raise ValueError("no")


def numbers() -> dict[str, float]:
    return {"big": 2.0**70, "half": 0.5}


@handles(Placed, result=object, retries=ONCE)
async def process(ctx: Context[Placed], step: Step) -> object:
    await step.run("numbers", numbers)
    await step.wait_for_event("paid", Paid, timeout="1h", match="data.order_id")
    if step.version("new"):
        await step.race(step.sleep("short", "1m"), step.sleep("long", "1h"))
    await step.run("fails", fails)
    return None


async def document_of(bench: Bench) -> bytes:
    run = await bench.run()
    found = await bench.engine.control.load_history(run.run.run_id)
    assert found is not None
    return found


async def test_a_document_reads_back_as_the_run_it_was(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.send(Paid())
        await bench.finish()
        run = await bench.run()
        stored = await bench.store.load_run(run.run.run_id)
        assert stored is not None
        document = await document_of(bench)
        assert parse_history(document) == stored
        content = json.loads(document)
        assert (content["format"], content["run"]["status"]) == ("surestep.history/1", "failed")
        assert [record["record"] for record in content["records"]][:2] == ["run_started", "step_succeeded"]
        assert content["records"][1]["value"] == {"big": 2.0**70, "half": 0.5}


async def test_a_run_that_is_not_there_has_no_history(world: World) -> None:
    async with world.run(process) as bench:
        assert await bench.engine.control.load_history("nowhere") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "surestep.history/9"}, "its format is 'surestep.history/9'"),
        ({"records": [{"record": "run_rewound"}]}, r"records\[0\] is no record that this version knows: 'run_rewound'"),
        ({"records": [{"record": "run_started", "at_ms": 1}]}, r"records\[0\]\.code_version: Field required"),
        ({"records": [{"record": "run_released", "at_ms": 1, "new": 1}]}, "has a field 'new'"),
        ({"events": []}, "it has no events"),
        ({"events": 1}, "events and records are lists"),
        ({"run": []}, "run is no object"),
    ],
)
async def test_what_cannot_be_read_says_where(world: World, change: dict[str, Any], message: str) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        document = {**json.loads(await document_of(bench)), **change}
        with pytest.raises(UnreadableHistoryError, match=message):
            parse_history(json.dumps(document).encode())


@pytest.mark.parametrize("text", [b"{", b"[]", b"null", b'"x"', b"\xff"])
def test_what_is_no_document_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadableHistoryError):
        parse_history(text)


class CardData(Data, frozen=True):
    order_id: String = "o-1"
    card: Annotated[String, Sensitive(), Field(repr=False, pattern=r"^\d{4}-\d{4}-\d{4}-\d{4}$")] = SECRET
    pin: Annotated[Integer, Sensitive(), Field(repr=False)] = 4711


class Asked(Event, frozen=True):
    name: Literal["payment/asked"] = "payment/asked"
    data: CardData = CardData()


class Confirmed(Event, frozen=True):
    name: Literal["payment/confirmed"] = "payment/confirmed"
    data: CardData = CardData()


class Receipt(Data, frozen=True):
    text: String
    card: Annotated[String, Sensitive(), Field(repr=False)]


def charge(card: str, pin: int) -> Receipt:
    return Receipt(text="charged", card=card)


@handles(Asked, result=CardData)
async def pay(ctx: Context[Asked], step: Step) -> CardData:
    receipt = await step.run("charge", charge, ctx.event.data.card, ctx.event.data.pin)
    await step.run("again", charge, receipt.card, 1)
    confirmed = await step.wait_for_event("confirmed", Confirmed, timeout="1h", match="data.order_id")
    assert confirmed is not None
    return confirmed.data


def registry(handler: Handler) -> InlineRegistry:
    return InlineRegistry("shop", (Asked, Confirmed), (handler,), sensitive=True)


async def masked_document() -> bytes:
    async with Bench(registry(pay)) as bench:
        await bench.send(Asked())
        await bench.send(Confirmed())
        return await document_of(bench)


def replayed(handler: Handler, stored: StoredRun) -> Verdict:
    app = registry(handler)
    return replay_run(App(app, app.load_functions(), Guard(GuardMode.STRICT).resume), stored).verdict


async def test_sensitive_values_are_not_in_the_document() -> None:
    document = (await masked_document()).decode()
    assert SECRET not in document
    assert "4711" not in document
    content = json.loads(document)
    assert content["are_arguments_compared"] is False
    assert {record["fingerprint"] for record in content["records"] if "fingerprint" in record} == {"*"}
    assert [record["value"]["text"] for record in content["records"] if record.get("kind") == "run"] == ["charged"] * 2


async def test_a_masked_history_agrees_with_its_handler_and_not_with_another_one() -> None:
    @handles(Asked, function_id="pay", result=CardData)
    async def changed(ctx: Context[Asked], step: Step) -> CardData:
        receipt = await step.run("charge", charge, ctx.event.data.card, ctx.event.data.pin)
        await step.run("once-more", charge, receipt.card, 1)
        return ctx.event.data

    stored = parse_history(await masked_document())
    assert replayed(pay, stored) is Verdict.AGREES
    assert replayed(changed, stored) is Verdict.DIVERGED


async def test_without_sensitive_values_arguments_are_compared(world: World) -> None:
    async with world.run(process) as bench:
        await bench.send(Placed())
        assert json.loads(await document_of(bench))["are_arguments_compared"] is True
