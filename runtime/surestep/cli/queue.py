"""`surestep queue`: what runs wait for, by function and key, and functions that are paused."""

import contextlib
import json
import time
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import click

from surestep.cli.client import request, url_option
from surestep.cli.tables import print_table

__all__ = ["queue"]

_HEADERS: Final = ("function", "waits for", "key", "waiting", "in use", "next start")
_KEY_WIDTH: Final = 60


@click.group(invoke_without_command=True)
@click.option("--function", "function_id", help="Only runs of this function.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, longest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--watch", is_flag=True, help="Print it again every second, until interrupted.")
@url_option
@click.pass_context
def queue(context: click.Context, function_id: str | None, limit: int, url: str, *, as_json: bool, watch: bool) -> None:
    """Show what runs wait for, by function and key; pause and resume functions."""
    if context.invoked_subcommand is not None:
        return
    asked: dict[str, str | int] = {"limit": limit} | ({} if function_id is None else {"function": function_id})
    with contextlib.suppress(KeyboardInterrupt):  # the way to end --watch
        while True:
            found = json.loads(request("GET", url, "/v1/queue", params=asked))
            if watch:
                click.clear()
            if as_json:
                click.echo(json.dumps(found["queue"], indent=2))
            else:
                _print(found)
            if not watch:
                return
            time.sleep(1)


@queue.command("pause")
@click.argument("function_id", metavar="FUNCTION")
@click.option(
    "--events",
    type=click.Choice(["queue", "skip"]),
    default="queue",
    show_default=True,
    help="What happens meanwhile to what would start runs: they wait, or are recorded as skipped.",
)
@url_option
def pause(function_id: str, events: str, url: str) -> None:
    """Begin no runs of FUNCTION until it is resumed; those that have begun go on."""
    path = f"/v1/functions/{quote(function_id, safe='')}/pause?events={events}"
    request("POST", url, path)
    click.echo(f"{function_id} is paused")


@queue.command("resume")
@click.argument("function_id", metavar="FUNCTION")
@url_option
def resume(function_id: str, url: str) -> None:
    """Begin runs of FUNCTION again, those first that have waited."""
    request("POST", url, f"/v1/functions/{quote(function_id, safe='')}/resume")
    click.echo(f"{function_id} is resumed")


def _print(found: dict[str, Any]) -> None:
    print_table(_HEADERS, [_cells(row) for row in found["queue"]], empty="nothing waits")
    if found["left_off"]:
        click.echo(f"{found['left_off']} more rows; {found['waiting']} wait in all")


def _cells(row: dict[str, str | int | None]) -> tuple[str, ...]:
    events = " events" if row["policy"] == "batch_events" else ""
    in_use = "" if row["limit"] is None else f"{row['in_use']} of {row['limit']}{events}"
    at_ms = row["starts_at_ms"]
    starts = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ") if isinstance(at_ms, int) else ""
    key = str(row["key"] or "")
    shown = key if len(key) <= _KEY_WIDTH else f"{key[: _KEY_WIDTH - 3]}..."
    return (str(row["function_id"] or "(any)"), str(row["policy"]), shown, str(row["waiting"]), in_use, starts)
