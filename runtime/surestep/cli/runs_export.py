"""`surestep runs export`: runs as documents, from a server or a store's file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from surestep.cli.client import request, url_option
from surestep.cli.problem import ProblemError
from surestep.cli.runs_chosen import Chosen, choose_runs, run_options

__all__ = ["export_runs"]


@click.command("export")
@run_options
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where to write: one file for each run, named by its id.",
)
@click.option(
    "--db",
    "store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the file of a store instead of asking a server; an engine may have it.",
)
@url_option
def export_runs(out: Path, store: Path | None, url: str, **stated: Any) -> None:
    """Write down runs with their histories, to be kept, read, and replayed. Sensitive values are masked."""
    chosen = choose_runs(stated)
    documents = _from_server(chosen, url) if store is None else _from_file(chosen, store)
    count = 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        for run_id, document in documents:
            (out / f"{run_id}.json").write_bytes(document)
            count += 1
    except OSError as error:
        raise ProblemError(f"cannot write {error.filename}: {error.strerror}") from None
    click.echo(f"{count} histor{'y' if count == 1 else 'ies'} written to {out}")


def _from_server(chosen: Chosen, url: str) -> Iterator[tuple[str, bytes]]:
    found = json.loads(request("POST", url, "/v1/runs/find", content=json.dumps(chosen).encode()))["run_ids"]
    for run_id in found:
        yield run_id, request("GET", url, f"/v1/runs/{quote(run_id, safe='')}/history")


def _from_file(chosen: Chosen, store: Path) -> Iterator[tuple[str, bytes]]:
    from surestep.cli.histories import app_here, stored_runs
    from surestep.engines.histories import render_history
    from surestep.engines.history_masking import mask_history

    app = app_here()
    for stored in stored_runs(store, chosen):
        yield stored.row.run_id, render_history(mask_history(app, stored))
