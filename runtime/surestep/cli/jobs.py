"""`surestep jobs`: start a job by hand, and read its log from a server."""

import json
from urllib.parse import quote

import click
from pydantic import JsonValue

from surestep.cli.client import request, url_option
from surestep.cli.tables import print_table

__all__ = ["jobs"]


@click.group
def jobs() -> None:
    """Start jobs by hand, and list what their runs came to."""


@jobs.command("run")
@click.argument("job")
@click.argument("options", default="", metavar="[OPTIONS_JSON]")
@click.option("--log-id", help="How the run is called in the job's log; its own id, if left out.")
@url_option
def run_job(job: str, options: str, log_id: str | None, url: str) -> None:
    """Start a run of JOB with OPTIONS_JSON and print its log id.

    For example: surestep jobs run provider/sync '{"dryRun": true}'
    """
    asked: dict[str, JsonValue] = {"log_id": log_id}
    if options:
        try:
            asked["options"] = json.loads(options)
        except ValueError as error:
            raise click.BadParameter(f"not JSON: {error}", param_hint="OPTIONS_JSON") from None
    body = request("POST", url, f"/v1/jobs/{_path(job)}", content=json.dumps(asked).encode())
    click.echo(json.loads(body)["log_id"])


@jobs.command("list")
@click.argument("job")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@url_option
def list_job_runs(job: str, limit: int, url: str, *, as_json: bool) -> None:
    """List the runs of JOB, newest first: log id, status, what started it, when, and what it returned."""
    body = request("GET", url, f"/v1/jobs/{_path(job)}", params={"limit": limit})
    if as_json:
        click.echo(json.dumps(json.loads(body)["runs"], indent=2))
        return
    from surestep.cli.timeline import JOB_HEADERS, parse_job_runs, render_job_log

    print_table(JOB_HEADERS, render_job_log(parse_job_runs(body)), empty="no runs")


def _path(job: str) -> str:
    domain, slash, name = job.partition("/")
    if not slash:
        raise click.BadParameter(f"{job!r} is no id of a job; it looks like provider/sync", param_hint="JOB")
    return f"{quote(domain, safe='')}/{quote(name, safe='')}"
