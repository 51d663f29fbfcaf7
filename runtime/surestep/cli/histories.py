"""Recorded runs and the app they are replayed against, for commands that need no server."""

from collections.abc import Iterator
from pathlib import Path

from surestep.cli.db import store_problems
from surestep.cli.problem import FindingError
from surestep.cli.project_app import load_registry_here
from surestep.cli.runs_chosen import Chosen
from surestep.core.conditions import condition_of
from surestep.core.records import RunStatus
from surestep.engines.control import holds, is_meant
from surestep.engines.control_api import Selection
from surestep.engines.histories import UnreadableHistoryError, parse_history
from surestep.engines.replaying import App
from surestep.errors import StepUsageError
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.keyring import load_keyring
from surestep.storage.port import StoredRun
from surestep.storage.sqlite.browsing import browse_runs

__all__ = ["app_here", "find_files", "read_history", "stored_runs"]


def app_here() -> App:
    """The app of the project here, its handler code watched closely.

    Raises:
        FindingError: it cannot be imported.
    """
    registry = load_registry_here()
    return App(registry, registry.load_functions(), Guard(GuardMode.STRICT).resume)


def stored_runs(store: Path, chosen: Chosen) -> Iterator[StoredRun]:
    """The runs of a store's file that are meant, newest first.

    Raises:
        ProblemError: the file cannot be read.
        FindingError: a condition is no expression, or there is no run of a name.
    """
    status = chosen.get("status")
    selection = Selection(
        tuple(chosen.get("run_ids", ())),
        chosen.get("function"),
        None if status is None else RunStatus(status),
        chosen.get("since"),
        chosen.get("until"),
        chosen.get("if"),
    )
    try:
        condition = None if selection.condition is None else condition_of(selection.condition)
    except StepUsageError as error:
        raise FindingError(str(error)) from None
    with store_problems(), browse_runs(store, load_keyring()) as runs:
        ids = selection.run_ids or (row.run_id for row in runs.rows(selection.function_id) if is_meant(row, selection))
        for run_id in ids:
            stored = runs.load(run_id)
            if stored is None and selection.run_ids:
                raise FindingError(f"there is no run {run_id} in {store}")
            if stored is not None and is_meant(stored.row, selection) and (not condition or holds(condition, stored)):
                yield stored


def find_files(paths: tuple[Path, ...]) -> list[Path]:
    """Histories among files and directories, in order.

    Raises:
        FindingError: there are none.
    """
    found = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not found:
        raise FindingError(f"no histories in {', '.join(map(str, paths))}", "`surestep runs export` writes them")
    return found


def read_history(path: Path) -> StoredRun:
    """The history in a file.

    Raises:
        FindingError: it cannot be read.
    """
    try:
        return parse_history(path.read_bytes())
    except OSError as error:
        raise FindingError(f"{path} cannot be read: {error.strerror}") from None
    except UnreadableHistoryError as error:
        raise FindingError(f"{path} is no history: {error}") from None
