"""`surestep runs cancel`, `retry` and `replay`: one run by its id, or many after a question."""

import json
from typing import Any, Final
from urllib.parse import quote

import click

from surestep.cli.client import request, url_option
from surestep.cli.problem import Exit
from surestep.cli.runs_chosen import Chosen, choose_runs, run_options

__all__ = ["cancel_runs", "replay_runs", "retry_runs"]

_DONE: Final = {"cancel": "asked to stop", "retry": "asked to go on", "replay": "done again"}

_BATCH: Final = 100
"""Runs in one request: few enough to be answered in time."""

_dry_run = click.option("--dry-run", is_flag=True, help="Only say how many runs are meant.")
_yes = click.option("--yes", is_flag=True, help="Do not ask before something is done to several runs.")
_input = click.option("--input", "input_json", metavar="JSON", help="Data for the run's event, instead of its own.")


@click.command("cancel")
@run_options
@_dry_run
@_yes
@url_option
def cancel_runs(url: str, *, dry_run: bool, yes: bool, **stated: Any) -> None:
    """Stop runs: a step in progress finishes, nothing else runs."""
    chosen = choose_runs(stated)
    if _is_open(chosen):
        chosen["live"] = True
    _act("cancel", chosen, {}, url, dry_run=dry_run, yes=yes)


@click.command("retry")
@run_options
@click.option("--from", "step", metavar="STEP_ID", help="Do a run again that has ended, from this step on.")
@_input
@_dry_run
@_yes
@url_option
def retry_runs(url: str, step: str | None, input_json: str | None, *, dry_run: bool, yes: bool, **stated: Any) -> None:
    """Let blocked runs go on, once fitting code is served; with --from begin new ones where others failed."""
    if step is None and input_json is not None:
        raise click.UsageError("--input goes with --from; to do a whole run again there is `surestep runs replay`")
    chosen = choose_runs(stated)
    if step is None and _is_open(chosen):
        chosen["status"] = "blocked"
    elif _is_open(chosen):
        chosen["live"] = False
    action = "retry" if step is None else "replay"
    _act(action, chosen, _again(step, input_json), url, dry_run=dry_run, yes=yes)


@click.command("replay")
@run_options
@_input
@_dry_run
@_yes
@url_option
def replay_runs(url: str, input_json: str | None, *, dry_run: bool, yes: bool, **stated: Any) -> None:
    """Do runs again that have ended, from the start and as new runs."""
    chosen = choose_runs(stated)
    if _is_open(chosen):
        chosen["live"] = False
    _act("replay", chosen, _again(None, input_json), url, dry_run=dry_run, yes=yes)


def _is_open(chosen: Chosen) -> bool:
    """Whether it is left open in which statuses runs are meant: then those that the command can do something to."""
    return not chosen.keys() & {"run_ids", "status"}


def _again(step: str | None, input_json: str | None) -> dict[str, Any]:
    again: dict[str, Any] = {} if step is None else {"step": step}
    if input_json is not None:
        try:
            again["data"] = json.loads(input_json)
        except ValueError as error:
            raise click.BadParameter(f"not JSON: {error}", param_hint="--input") from None
    return again


def _act(action: str, chosen: Chosen, again: dict[str, Any], url: str, *, dry_run: bool, yes: bool) -> None:
    """Do it to the one run that is named, or find those that are meant, ask, and do it to exactly these."""
    if len(chosen.get("run_ids", ())) == 1 and len(chosen) == 1 and not dry_run:
        [run_id] = chosen["run_ids"]
        content = json.dumps(again).encode() if action == "replay" else None
        body = json.loads(request("POST", url, f"/v1/runs/{quote(run_id, safe='')}/{action}", content=content))
        click.echo(_line(action, body))
        return
    found = json.loads(request("POST", url, "/v1/runs/find", content=json.dumps(chosen).encode()))["run_ids"]
    count = f"{len(found)} run{'' if len(found) == 1 else 's'}"
    if dry_run or not found:
        click.echo(f"{count} would be {_DONE[action]}" if found else "no runs are meant")
        return
    if not yes:
        click.confirm(f"{action} {count}?", abort=True, err=True)
    is_refused = False
    for begin in range(0, len(found), _BATCH):
        asked = json.dumps({"run_ids": found[begin : begin + _BATCH], **again}).encode()
        for one in json.loads(request("POST", url, f"/v1/runs/{action}", content=asked))["runs"]:
            click.echo(_line(action, one) if one["reason"] is None else one["reason"])
            is_refused = is_refused or one["reason"] is not None
    if is_refused:
        raise SystemExit(Exit.FINDINGS)


def _line(action: str, done: dict[str, Any]) -> str:
    new = f" as run {done['new_run_id']}" if "new_run_id" in done else ""
    return f"run {done['run_id']} was {_DONE[action]}{new}"
