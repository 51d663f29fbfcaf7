"""Handler of `generate-report`: invoked by other functions with typed data."""

from examples.contract.functions.generate_report import (
    GenerateReportContext,
    GenerateReportResult,
    GenerateReportStep,
    generate_report,
)
from examples.contract.types import Report
from examples.services import reports


@generate_report
async def handle(ctx: GenerateReportContext, step: GenerateReportStep) -> GenerateReportResult:
    """Make the report of one user."""
    user_id = ctx.event.data.user_id
    rows = await step.run("count-rows", reports.count_rows, user_id)
    url = await step.run("render-report", reports.render_report, user_id, rows)
    return Report(url=url, rows=rows)
