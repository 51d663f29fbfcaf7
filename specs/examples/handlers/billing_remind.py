"""Handler of the job `billing/remind`. Its steps are declared in the spec: one typed method for each, nothing else."""

from examples.contract.functions.billing_remind import (
    BillingRemindContext,
    BillingRemindResult,
    BillingRemindStep,
    billing_remind,
)
from examples.services import invoices, mail

_SMALL_SUM = 1_000


@billing_remind
async def handle(ctx: BillingRemindContext, step: BillingRemindStep) -> BillingRemindResult:
    """Remind everybody, then see whether somebody pays."""
    options = ctx.event.data.options
    overdue = await step.find_overdue(invoices.find_overdue, (options and options.at_least) or _SMALL_SUM)
    reminders = (
        step.remind(key=invoice.invoice_id)(mail.send_reminder, invoice.email, invoice.invoice_id, invoice.amount)
        for invoice in overdue
    )
    messages = await step.gather(*reminders)
    await step.let_them_read()
    payment = await step.payment()
    return BillingRemindResult(reminded=len(messages), silent=len(messages) - (payment is not None))
