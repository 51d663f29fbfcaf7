"""Handler of `provider-sync`: every night, and whenever somebody asks for it."""

from collections.abc import Iterator

from examples.contract.events import (
    ProviderSyncCompleted,
    ProviderSyncCompletedData,
    ProviderSyncFailed,
    ProviderSyncFailedData,
)
from examples.contract.functions.provider_sync import (
    ProviderSyncContext,
    ProviderSyncResult,
    ProviderSyncStep,
    provider_sync,
)
from examples.contract.types import SyncStats
from examples.services import providers
from surestep import StepError

_BATCH_SIZE = 50


@provider_sync
async def handle(ctx: ProviderSyncContext, step: ProviderSyncStep) -> ProviderSyncResult:
    """Synchronise, and tell how it went."""
    log_id, dry_run = _read_request(ctx)
    try:
        stats = await _synchronise(step, log_id, dry_run=dry_run)
    except StepError as error:  # a step has used up its attempts; whoever asked shall know
        data = ProviderSyncFailedData(log_id=log_id, error=error.message, attempt=1)
        await step.send_event("send-failure-event", ProviderSyncFailed(data=data))
        raise
    await step.send_event(
        "send-completion-event", ProviderSyncCompleted(data=ProviderSyncCompletedData(log_id=log_id, stats=stats))
    )
    return stats


def _read_request(ctx: ProviderSyncContext) -> tuple[str, bool]:
    """Log id, and whether nothing is to be written. The schedule asks for neither."""
    if ctx.event.name == "inngest/scheduled.timer":
        return ctx.run_id, False
    request = ctx.event.data
    return request.log_id or ctx.run_id, bool(request.options and request.options.dry_run)


async def _synchronise(step: ProviderSyncStep, log_id: str, *, dry_run: bool) -> SyncStats:
    await step.run("initialize", providers.mark_running, log_id)
    sites = await step.run("fetch-data", providers.fetch_sites, log_id)

    # In parallel; one provider that is down must not hide what the others say.
    answers = await step.gather(
        step.run("check-fibre", providers.check_fibre, log_id),
        step.run("check-lte", providers.check_lte, log_id),
        step.run("check-wireless", providers.check_wireless, log_id),
        return_exceptions=True,
    )
    technologies = [answer for answer in answers if not isinstance(answer, BaseException)]

    processed = 0
    for number, batch in enumerate(_batches(sites)):
        if dry_run:
            continue
        # One step per batch: what is stored is stored, whatever happens to the next batch.
        processed += await step.run(f"process-batch-{number}", providers.store_coverage, log_id, batch, technologies)
    return SyncStats(processed=processed, errors=len(answers) - len(technologies))


def _batches(sites: list[str]) -> Iterator[list[str]]:
    return (sites[start : start + _BATCH_SIZE] for start in range(0, len(sites), _BATCH_SIZE))
