"""Jobs: a schedule and requests by hand start the same handler, one run at a time, and each end is told once."""

from typing import Any, Literal

import pytest
from tests.behaviour.conftest import ONCE, TWICE, OrderData, Placed, World, handles

from surestep import Context, Handler, NonRetriableError, Step
from surestep.authoring.events import Data, Event
from surestep.core.records import RunStatus
from surestep.engines.api import JobBusy, JobRow, JobStarted, RawEvent
from surestep.errors import ErrorInfo, EventRejectedError, InvokeSkippedError
from surestep.testing import Bench
from surestep_dsl.flow import CancelOn, CronTrigger, EventTrigger, Singleton, SingletonMode

HOUR_MS = 3_600_000


class Options(Data, frozen=True):
    dry: bool = False


class RequestedData(Data, frozen=True):
    triggered_by: Literal["cron", "manual"]
    log_id: str | None = None
    options: Options | None = None


class Requested(Event, frozen=True):
    name: Literal["store/sync.requested"] = "store/sync.requested"
    data: RequestedData


class Stats(Data, frozen=True):
    processed: int


class CompletedData(Data, frozen=True):
    log_id: str
    stats: Stats


class Completed(Event, frozen=True):
    name: Literal["store/sync.completed"] = "store/sync.completed"
    data: CompletedData


class FailedData(Data, frozen=True):
    log_id: str
    error: str
    attempt: int


class Failed(Event, frozen=True):
    name: Literal["store/sync.failed"] = "store/sync.failed"
    data: FailedData


class CancelledData(Data, frozen=True):
    log_id: str


class Cancelled(Event, frozen=True):
    name: Literal["store/sync.cancelled"] = "store/sync.cancelled"
    data: CancelledData


JOB: dict[str, Any] = {
    "function_id": "store-sync",
    "triggers": (CronTrigger("0 3 * * *"), EventTrigger("store/sync.requested")),
    "cancel_on": (CancelOn("store/sync.cancelled", match="data.log_id"),),
    "singleton": Singleton(SingletonMode.SKIP),
    "result": Stats,
    "job": "store/sync",
}


@handles(Requested, **JOB)
async def sync(ctx: Context[Requested], step: Step) -> Stats:
    await step.sleep("work", "10m")
    return Stats(processed=1 if ctx.event.data.options and ctx.event.data.options.dry else 2)


@pytest.fixture
def world(world: World) -> World:
    world.events = (Requested, Completed, Failed, Cancelled, Placed)
    return world


async def ends(bench: Bench) -> list[tuple[str, object]]:
    found = [await bench.engine.list_events(name=f"store/sync.{end}") for end in ("completed", "failed")]
    return [(event.name, event.data) for events in found for event in reversed(events)]


async def test_a_cron_run_sees_a_request_with_its_own_id_as_log_id(world: World) -> None:
    @handles(Requested, **{**JOB, "result": tuple[str, str, str]})
    async def tells(ctx: Context[Requested], step: Step) -> tuple[str, str, str]:
        return ctx.event.name, ctx.event.data.triggered_by, ctx.triggered_by

    async with world.run(tells) as bench:
        await bench.advance("3h")
        run = await bench.run()
        assert run.result == ["store/sync.requested", "cron", "cron"]
        [event] = run.events
        assert (event.name, event.data) == (
            "store/sync.requested",
            {"triggered_by": "cron", "log_id": run.run.run_id},
        )


async def test_a_request_names_its_log_or_the_run_is_its_own(world: World) -> None:
    async with world.run(sync) as bench:
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="log-1")))
        await bench.advance("10m")
        await bench.send(Requested(data=RequestedData(triggered_by="manual")))
        await bench.advance("10m")
        rows = await bench.engine.list_job_runs("store/sync")
        assert rows is not None
        assert [(row.log_id == row.run_id, row.log_id == "log-1") for row in rows] == [(True, False), (False, True)]


async def test_a_run_tells_once_that_it_is_done_with_its_stats(world: World) -> None:
    async with world.run(sync) as bench:
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="a", options=Options(dry=True))))
    async with world.run(sync) as bench:
        await bench.advance("1h")
        assert await ends(bench) == [("store/sync.completed", {"log_id": "a", "stats": {"processed": 1}})]


async def test_a_job_without_stats_tells_its_log_id_only(world: World) -> None:
    class Bare(Event, frozen=True):
        name: Literal["store/sync.completed"] = "store/sync.completed"
        data: CancelledData

    @handles(Requested, **{**JOB, "result": None})
    async def bare(ctx: Context[Requested], step: Step) -> None: ...

    world.events = (Requested, Bare, Failed, Cancelled)
    async with world.run(bare) as bench:
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="a")))
        assert await ends(bench) == [("store/sync.completed", {"log_id": "a"})]


async def test_a_run_tells_once_that_it_failed_and_after_how_many_attempts(world: World) -> None:
    def breaks() -> None:
        raise ValueError("no provider")

    @handles(Requested, **JOB, retries=TWICE)
    async def fails(ctx: Context[Requested], step: Step) -> None:
        await step.run("ask", breaks)

    async with world.run(fails) as bench:
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="a")))
        await bench.finish()
        told = {"log_id": "a", "error": "ValueError: no provider", "attempt": 2}
        assert await ends(bench) == [("store/sync.failed", told)]


async def test_attempts_of_code_between_steps_are_counted_too(world: World) -> None:
    @handles(Requested, **JOB, retries=TWICE)
    async def fails(ctx: Context[Requested], step: Step) -> None:
        await step.run("one", int)
        raise ValueError("x") if ctx.attempt == 0 else NonRetriableError("y")

    async with world.run(fails) as bench:
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="a")))
        await bench.finish()
        told = {"log_id": "a", "error": "NonRetriableError: y", "attempt": 2}
        assert await ends(bench) == [("store/sync.failed", told)]


async def test_a_cancelled_run_tells_neither(world: World) -> None:
    async with world.run(sync) as bench:
        await bench.advance("3h")
        run = await bench.run()
        await bench.send(
            Cancelled(data=CancelledData(log_id="other")), Cancelled(data=CancelledData(log_id=run.run.run_id))
        )
        await bench.advance("1h")
        assert (await bench.run()).run.status is RunStatus.CANCELLED
        assert await ends(bench) == []


async def test_a_request_while_a_run_is_live_is_skipped_and_so_is_an_occurrence(world: World) -> None:
    async with world.run(sync) as bench:
        await bench.advance("2h55m")
        await bench.send(Requested(data=RequestedData(triggered_by="manual", log_id="first")))
        await bench.advance("10m")
        statuses = [run.run.status for run in await bench.runs()]
        assert statuses == [RunStatus.COMPLETED, RunStatus.SKIPPED]
        assert [told for _, told in await ends(bench)] == [{"log_id": "first", "stats": {"processed": 2}}]


async def test_asking_by_hand_answers_with_the_log_id_or_with_that_of_the_live_run(world: World) -> None:
    async with world.run(sync) as bench:
        started = await bench.engine.start_job("store/sync", options={"dry": True}, log_id="mine")
        assert isinstance(started, JobStarted)
        assert started.log_id == "mine"
        busy = await bench.engine.start_job("store/sync")
        assert busy == JobBusy("mine", f"singleton: run {started.run_id} has not ended")
        assert len(await bench.runs()) == 1
        assert len(await bench.engine.list_events()) == 1
        await bench.advance("10m")
        again = await bench.engine.start_job("store/sync")
        assert isinstance(again, JobStarted)
        assert again.log_id == again.run_id
        assert await bench.engine.start_job("store/none") is None
        assert await bench.engine.list_job_runs("store/none") is None


async def test_asking_by_hand_in_vain_starts_nobody_else_either(world: World) -> None:
    @handles(Requested)
    async def listens(ctx: Context[Requested], step: Step) -> None:
        await step.run("one", int)

    async with world.run(sync, listens) as bench:
        assert isinstance(await bench.engine.start_job("store/sync"), JobStarted)
        assert isinstance(await bench.engine.start_job("store/sync"), JobBusy)
        assert len(await bench.runs("listens")) == 1
        assert len(await bench.engine.list_events()) == 1


async def test_options_that_do_not_fit_are_refused(world: World) -> None:
    async with world.run(sync) as bench:
        with pytest.raises(EventRejectedError, match=r"data\.options\.dry"):
            await bench.engine.start_job("store/sync", options={"dry": "maybe"})
        assert await bench.runs() == []


async def test_the_log_lists_every_run_with_how_it_ended(world: World) -> None:
    @handles(Requested, **JOB, retries=ONCE)
    async def fails(ctx: Context[Requested], step: Step) -> Stats:
        if ctx.event.data.log_id == "bad":
            raise ValueError("broken")
        return Stats(processed=3)

    async with world.run(fails) as bench:
        await bench.engine.start_job("store/sync", log_id="good")
        await bench.finish()
        await bench.engine.start_job("store/sync", log_id="bad")
        await bench.finish()
        await bench.advance("3h")
        rows = await bench.engine.list_job_runs("store/sync")
        assert rows is not None
        assert [(row.triggered_by, row.status, row.stats) for row in rows] == [
            ("cron", "completed", {"processed": 3}),
            ("manual", "failed", None),
            ("manual", "completed", {"processed": 3}),
        ]
        failed = rows[1]
        assert isinstance(failed, JobRow)
        assert isinstance(failed.error, ErrorInfo)
        assert (failed.log_id, failed.error.message) == ("bad", "broken")
        older = await bench.engine.list_job_runs("store/sync", before=failed.run_id)
        assert older == rows[2:]
        assert await bench.engine.list_job_runs("store/sync", limit=1) == rows[:1]


async def test_nobody_else_may_tell_that_a_job_ended(world: World) -> None:
    fake = Completed(data=CompletedData(log_id="a", stats=Stats(processed=9)))

    @handles(Placed, result=str)
    async def liar(ctx: Context[Placed], step: Step) -> str:
        try:
            await step.send_event("lie", fake)
        except Exception as error:  # noqa: BLE001
            return str(error)
        return "sent"

    async with world.run(sync, liar) as bench:
        with pytest.raises(EventRejectedError, match="only the engine sends it, when a run of the job store/sync ends"):
            await bench.send(fake)
        with pytest.raises(EventRejectedError, match="only the engine sends it"):
            await bench.engine.send([RawEvent("store/sync.failed", {"log_id": "a", "error": "x", "attempt": 1})])
        await bench.send(Placed())
        assert "only the engine sends it" in str((await bench.run("liar")).result)
        assert await ends(bench) == []


async def test_functions_may_react_to_the_end_of_a_job(world: World) -> None:
    @handles(Completed, result=int)
    async def reacts(ctx: Context[Completed], step: Step) -> int:
        return ctx.event.data.stats.processed

    async with world.run(sync, reacts) as bench:
        await bench.engine.start_job("store/sync")
        await bench.finish()
        assert (await bench.run("reacts")).result == 2


async def test_an_invoked_job_sees_a_request_and_tells_how_it_ended(world: World) -> None:
    invoked: Handler = handles(Requested, takes=RequestedData, **JOB)(sync.call)

    @handles(Placed, result=str)
    async def caller(ctx: Context[Placed], step: Step) -> str:
        data = RequestedData(triggered_by="manual", log_id=f"log-{ctx.event.data.order_id}")
        try:
            stats: Stats = await step.invoke("sync", invoked.function, data, timeout="1h")  # type: ignore[arg-type]
        except InvokeSkippedError as error:
            return error.message.partition(":")[0]
        return f"processed {stats.processed}"

    async with world.run(invoked, caller) as bench:
        await bench.send(Placed(data=OrderData(order_id="1")), Placed(data=OrderData(order_id="2")))
        assert sorted(str(run.result) for run in await bench.runs("caller")) == ["None", "singleton"]
        await bench.finish()
        assert sorted(str(run.result) for run in await bench.runs("caller")) == ["processed 2", "singleton"]
        assert [told for _, told in await ends(bench)] == [{"log_id": "log-1", "stats": {"processed": 2}}]
