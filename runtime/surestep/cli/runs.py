"""`surestep runs`: what happened, read from a server, and what is to happen."""

import json
from urllib.parse import quote

import click

from surestep.cli.client import request, url_option
from surestep.cli.runs_acting import cancel_runs, replay_runs, retry_runs
from surestep.cli.runs_chosen import RUN_STATUSES
from surestep.cli.runs_export import export_runs
from surestep.cli.tables import print_table

__all__ = ["runs"]


@click.group
def runs() -> None:
    """List runs, show what they did, stop them, let them go on, do them again, write them down."""


@runs.command("list")
@click.option("--function", "function_id", help="Only runs of this function.")
@click.option("--status", type=click.Choice(RUN_STATUSES), help="Only runs in this status.")
@click.option("--event", "event_id", help="Only runs that the event with this id has started.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@url_option
def list_runs(
    function_id: str | None, status: str | None, event_id: str | None, limit: int, url: str, *, as_json: bool
) -> None:
    """List runs, newest first."""
    asked = {"function": function_id, "status": status, "event": event_id, "limit": limit}
    body = request("GET", url, "/v1/runs", params={name: value for name, value in asked.items() if value is not None})
    if as_json:
        click.echo(json.dumps(json.loads(body)["runs"], indent=2))
        return
    from surestep.cli.timeline import LIST_HEADERS, parse_runs, render_list

    print_table(LIST_HEADERS, render_list(parse_runs(body)), empty="no runs")


@runs.command("show")
@click.argument("run_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@url_option
def show_run(run_id: str, url: str, *, as_json: bool) -> None:
    """Show one run: what started it, each step, how it ended."""
    body = request("GET", url, f"/v1/runs/{quote(run_id, safe='')}")
    if as_json:
        click.echo(json.dumps(json.loads(body), indent=2))
        return
    from surestep.cli.timeline import STEP_HEADERS, parse_run, render_header, render_steps

    detail = parse_run(body)
    for line in render_header(detail):
        click.echo(line)
    click.echo()
    print_table(STEP_HEADERS, render_steps(detail), empty="no steps")


for _command in (cancel_runs, retry_runs, replay_runs, export_runs):
    runs.add_command(_command)
