"""Handler of `send-report`: invokes another function."""

from examples.contract.functions.generate_report import GenerateReportInput, generate_report
from examples.contract.functions.send_report import (
    SendReportContext,
    SendReportResult,
    SendReportStep,
    send_report,
)
from examples.services import mail, users


@send_report
async def handle(ctx: SendReportContext, step: SendReportStep) -> SendReportResult:
    """Look the user up while the report is made, then mail it."""
    user_id = ctx.event.data.user_id
    user, report = await step.gather(
        step.run("get-user", users.find_user, user_id),
        step.invoke("generate-report", generate_report, GenerateReportInput(user_id=user_id), timeout="10m"),
    )
    await step.run("send-report", mail.send_report, user.email, report.url)
    return report
