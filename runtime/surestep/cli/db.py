"""`surestep db`: what is done to the store's file besides running an engine on it."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from surestep.cli.problem import Exit, ProblemError

__all__ = ["db", "store_problems"]

_store = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    default=".surestep/dev.db",
    show_default=True,
    help="The SQLite file.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group
def db() -> None:
    """Check, copy and look after the store's file.

    Keys of sensitive values come from the environment: SURESTEP_KEYS, or the file that SURESTEP_KEYS_FILE names.
    """


@db.command
@_store
@_as_json
def check(store: Path, *, as_json: bool) -> None:
    """Look for damage: SQLite's own check, and that runs, histories, waits and timers fit. An engine may be running."""
    from surestep.storage.keyring import load_keyring
    from surestep.storage.sqlite.upkeep import check_file

    with store_problems():
        found = check_file(store, load_keyring())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
    else:
        for fault in found.faults:
            click.echo(fault)
        what = f"{found.live_runs} live and {found.finished_runs} finished runs, {found.events} events"
        click.echo(f"{len(found.faults)} faults; {what}, schema {found.schema}")
        if not found.are_histories_read:
            click.echo("the histories are sealed and a key is missing: they were not read", err=True)
    if found.faults:
        raise SystemExit(Exit.FINDINGS)


@db.command
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@_store
@_as_json
def backup(target: Path, store: Path, *, as_json: bool) -> None:
    """Copy the store to TARGET, as it is at one moment. An engine may be running."""
    from surestep.storage.sqlite.upkeep import backup_file

    with store_problems():
        size = backup_file(store, target)
    _tell({"backup": str(target), "bytes": size}, f"{target} has {size:,} bytes and is sound", as_json=as_json)


@db.command
@_store
@click.option("--older-than", default="30d", show_default=True, help="Age, such as 12h or 30d.")
@click.option("--keep-runs", type=click.IntRange(0), help="Keep at most so many finished runs.")
@click.option("--keep-events", type=click.IntRange(0), help="Keep at most so many events.")
@click.option("--dry-run", is_flag=True, help="Delete nothing; an engine may be running.")
@_as_json
def prune(
    store: Path, older_than: str, keep_runs: int | None, keep_events: int | None, *, dry_run: bool, as_json: bool
) -> None:
    """Delete finished runs and events that are too old or too many. An engine does so by itself."""
    from surestep.engines.retention import Retention, plan_next, plan_pruning
    from surestep.limits import EVENTS_KEPT, RUNS_KEPT
    from surestep.storage.pruning import PruneQuery
    from surestep.storage.sqlite.upkeep import open_for_pruning
    from surestep_dsl.duration import parse_duration

    age_ms = parse_duration(older_than)
    if age_ms is None:
        raise click.BadParameter(f"{older_than!r} is no duration such as 12h or 30d", param_hint="--older-than")
    kept = Retention(
        age_ms,
        RUNS_KEPT if keep_runs is None else keep_runs,
        EVENTS_KEPT if keep_events is None else keep_events,
    )
    runs, events, now_ms = 0, 0, time.time_ns() // 1_000_000
    with store_problems(), open_for_pruning(store, only_looks=dry_run) as file:
        query: PruneQuery | None = plan_pruning(file.count(), kept, now_ms)
        while query is not None:
            found = file.find(query)
            gone = found if dry_run else file.delete(found, now_ms)
            runs, events = runs + len(gone.runs), events + len(gone.events)
            query = plan_next(query, found)
    done = "would be deleted" if dry_run else "deleted"
    report = {"finished_runs": runs, "events": events, "dry_run": dry_run}
    _tell(report, f"{runs} finished runs and {events} events {done}", as_json=as_json)


@db.command
@_store
@click.option("--backup", "target", type=click.Path(path_type=Path, dir_okay=False), help="Where to put the copy.")
@click.option("--no-backup", is_flag=True, help="Make no copy.")
@_as_json
def migrate(store: Path, target: Path | None, *, no_backup: bool, as_json: bool) -> None:
    """Bring the file of an older version up to date, after making a copy of it."""
    from surestep.storage.sqlite.migrating import LATEST, backup_path
    from surestep.storage.sqlite.upkeep import migrate_file

    with store_problems():
        version = migrate_file(store, None if no_backup else target or backup_path(store))
    report = {"from": version, "to": LATEST}
    text = "is up to date" if version == LATEST else f"has been brought from schema {version} to {LATEST}"
    _tell(report, f"{store} {text}", as_json=as_json)


@db.command
@_store
@_as_json
def rotate(store: Path, *, as_json: bool) -> None:
    """Seal all values with the first of the keys given; afterwards it is the only one needed."""
    from surestep.storage.keyring import load_keyring
    from surestep.storage.sqlite.upkeep import rotate_file

    with store_problems():
        keyring = load_keyring()
        if keyring is None:
            raise ProblemError("no keys are given", "set SURESTEP_KEYS; `surestep db new-key` makes one")
        count = rotate_file(store, keyring)
    _tell(
        {"values": count, "key": keyring.first_id},
        f"{count} values sealed with key {keyring.first_id}",
        as_json=as_json,
    )


@db.command("new-key")
def make_key() -> None:
    """Print a new key for SURESTEP_KEYS. Keep it apart from the store; without it the values are lost."""
    from surestep.storage.keyring import new_key

    click.echo(new_key())


@contextmanager
def store_problems() -> Iterator[None]:
    """Tell what is wrong with a store or its keys."""
    from surestep.errors import ConfigurationError, StoreError

    try:
        yield
    except (ConfigurationError, StoreError) as error:
        hint = error.hint if isinstance(error, ConfigurationError) else None
        raise ProblemError(f"{error} [{error.code}]", hint) from None


def _tell(report: Mapping[str, object], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(report, indent=2) if as_json else text)
