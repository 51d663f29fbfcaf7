"""Handler of `handle-failures`: started by the failure of any other function."""

from datetime import timedelta

from examples.contract.events import RetryFunctionRequested, RetryFunctionRequestedData
from examples.contract.functions.handle_failures import HandleFailuresContext, HandleFailuresStep, handle_failures
from examples.services import alerts

_RETRY_AFTER = timedelta(minutes=5)


@handle_failures
async def handle(ctx: HandleFailuresContext, step: HandleFailuresStep) -> None:
    """Log every failure; some need a person, some only time."""
    failed = ctx.event.data
    await step.run("log-failure", alerts.log_failure, failed.function_id, failed.run_id, failed.error.message)

    if failed.function_id == "examples-process-order":
        await step.run("send-alert", alerts.send_alert, "An order failed", failed.run_id)

    if failed.error.name == "ServiceBusyError":
        # `ctx.now()` is recorded: a replay sees the same time. A clock of one's own would not.
        due_at = ctx.now() + _RETRY_AFTER
        request = RetryFunctionRequestedData(original_run_id=failed.run_id)
        await step.send_event("schedule-retry", RetryFunctionRequested(ts=int(due_at.timestamp() * 1000), data=request))
