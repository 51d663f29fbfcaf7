"""`surestep replay`: whether today's code would still do what is recorded."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from surestep.cli.problem import Exit

if TYPE_CHECKING:
    from surestep.engines.replaying import App
    from surestep.storage.port import StoredRun

__all__ = ["replay"]

_HINT: Final = 'keep the old code behind step.version("..."), or make what differs a step of its own'


@dataclass(frozen=True, slots=True)
class _Finding:
    """A run that today's code would carry on otherwise."""

    run_id: str
    function: str
    verdict: str
    message: str
    perturbed: str | None = None


@click.command
@click.argument("histories", nargs=-1, metavar="[HISTORY]...", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--db",
    "store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Replay the runs of a store's file instead; an engine may have it.",
)
@click.option("--function", "function_id", help="Only runs of this function.")
@click.option("--live", is_flag=True, help="Only runs that have not ended.")
@click.option("--perturb", is_flag=True, help="Replay in other processes, too, with other circumstances.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print findings: for people, for programs, as annotations of a GitHub workflow.",
)
def replay(
    histories: tuple[Path, ...], store: Path | None, function_id: str | None, form: str, *, live: bool, perturb: bool
) -> None:
    """Replay recorded runs against today's handlers: each HISTORY, a file or a directory of files, or a store.

    Nothing is written and no step is run. The exit status is 1 where a run would be carried on otherwise.
    """
    from surestep.cli.histories import app_here

    if bool(histories) == (store is not None):
        raise click.UsageError("name histories, or a store's file with --db")
    app = app_here()
    runs = [stored for stored in _recorded(histories, store) if _is_wanted(stored, function_id, live=live)]
    findings = [found for stored in runs for found in _replayed(app, stored)]
    if perturb and runs:
        findings += _perturbed(runs)
    _tell(findings, len(runs), form)
    if findings:
        raise SystemExit(Exit.FINDINGS)


def _recorded(histories: tuple[Path, ...], store: Path | None) -> "Iterator[StoredRun]":
    from surestep.cli.histories import find_files, read_history, stored_runs

    if store is not None:
        yield from stored_runs(store, {})
    else:
        yield from map(read_history, find_files(histories))


def _is_wanted(stored: "StoredRun", function_id: str | None, *, live: bool) -> bool:
    from surestep.core.records import ENDED, RunStatus

    row = stored.row
    fits = function_id is None or row.function_id == function_id
    return fits and row.status is not RunStatus.SKIPPED and not (live and row.status in ENDED)


def _replayed(app: "App", stored: "StoredRun") -> "Iterator[_Finding]":
    """What is wrong with one run; the function of one that has ended may be gone."""
    from surestep.core.records import ENDED
    from surestep.engines.replaying import Verdict, replay_run

    found = replay_run(app, stored)
    if found.verdict is Verdict.AGREES or (found.verdict is Verdict.UNKNOWN_FUNCTION and stored.row.status in ENDED):
        return
    yield _Finding(stored.row.run_id, stored.row.function_id, found.verdict, found.message)


def _perturbed(runs: "Sequence[StoredRun]") -> "Iterator[_Finding]":
    from surestep.cli.project_app import find_source_here
    from surestep.cli.replay_perturbed import find_differences
    from surestep.engines.histories import render_history

    documents = [render_history(stored).decode() for stored in runs]
    for one in find_differences(*find_source_here(), documents):
        if one.at is None:
            click.echo(f"not tried with {one.changed}: {one.message}", err=True)
            continue
        row = runs[one.at].row
        message = (
            f"in run {row.run_id} (function {row.function_id}), with {one.changed}\n{one.message}\n  hint: {_HINT}"
        )
        yield _Finding(row.run_id, row.function_id, "perturbed", message, one.changed)


def _tell(findings: list[_Finding], count: int, form: str) -> None:
    match form:
        case "json":
            click.echo(json.dumps({"runs": count, "findings": [asdict(found) for found in findings]}, indent=2))
        case "github":
            for found in findings:
                click.echo(_annotation(found))
        case _:
            for found in findings:
                click.echo(found.message)
            wrong = len({found.run_id for found in findings})
            click.echo(f"{count} run{'' if count == 1 else 's'} replayed, {wrong or 'none'} with findings")


def _annotation(found: _Finding) -> str:
    text = found.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error title=surestep replay::{text}"
