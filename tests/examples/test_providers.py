from typing import Literal

from examples.contract.events import (
    ProviderSyncCancelled,
    ProviderSyncCancelledData,
    ProviderSyncRequested,
    ProviderSyncRequestedData,
    ProviderSyncRequestedOptions,
)

from surestep.testing import Bench


def request(log_id: str | None = None, *, dry_run: bool | None = None) -> ProviderSyncRequested:
    triggered_by: Literal["manual"] = "manual"
    options = ProviderSyncRequestedOptions(dry_run=dry_run)
    return ProviderSyncRequested(
        data=ProviderSyncRequestedData(triggered_by=triggered_by, log_id=log_id, options=options)
    )


async def test_the_schedule_starts_it_at_midnight_in_johannesburg(bench: Bench) -> None:
    await bench.advance("21h59m")
    assert await bench.runs() == []

    await bench.advance("11m")
    run = await bench.run("provider-sync")
    assert (run.run.triggered_by, run.run.status) == ("cron", "completed")


async def test_an_event_starts_it_and_its_end_is_told(bench: Bench) -> None:
    await bench.send(request("log-1"))
    await bench.advance("10m")

    run = await bench.run("provider-sync")
    assert run.run.triggered_by == "event"
    assert [step.key for step in run.steps] == [
        "initialize",
        "fetch-data",
        "check-fibre",
        "check-lte",
        "check-wireless",
        "process-batch-0",
        "process-batch-1",
        "process-batch-2",
        "send-completion-event",
    ]
    [completed] = await bench.engine.list_events(name="provider/sync.completed")
    assert completed.data == {"log_id": "log-1", "stats": {"processed": 120, "errors": 0}}


async def test_without_a_log_id_the_run_is_its_own_log(bench: Bench) -> None:
    await bench.send(request())
    await bench.advance("10m")

    run = await bench.run("provider-sync")
    [completed] = await bench.engine.list_events(name="provider/sync.completed")
    assert completed.data == {"log_id": run.run.run_id, "stats": run.result}


async def test_a_dry_run_writes_nothing(bench: Bench) -> None:
    await bench.send(request("log-1", dry_run=True))
    await bench.advance("10m")
    assert (await bench.run("provider-sync")).result == {"processed": 0, "errors": 0}


async def test_a_provider_that_is_down_is_an_error_among_the_results(bench: Bench) -> None:
    await bench.send(request("log-7"))
    await bench.advance("10m")
    assert (await bench.run("provider-sync")).result == {"processed": 120, "errors": 1}


async def test_the_failure_is_told(bench: Bench) -> None:
    await bench.send(request("unknown-1"))
    await bench.advance("10m")

    assert (await bench.run("provider-sync")).run.status == "failed"
    [failed] = await bench.engine.list_events(name="provider/sync.failed")
    assert failed.data == {"log_id": "unknown-1", "error": "there is no log entry unknown-1", "attempt": 1}


async def test_only_the_synchronisation_of_that_log_id_is_cancelled(bench: Bench) -> None:
    cancel = ProviderSyncCancelled(data=ProviderSyncCancelledData(log_id="log-1"))
    await bench.send(request("log-1"), request("log-2"), cancel)
    await bench.advance("10m")

    first, second = await bench.runs("provider-sync")
    assert (first.run.status, second.run.status) == ("cancelled", "completed")
