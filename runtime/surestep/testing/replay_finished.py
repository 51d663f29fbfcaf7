"""Shadow replay in tests: each run that has finished is replayed from its memos and must do the same again."""

from collections.abc import Sequence

from surestep.core.records import RunStatus
from surestep.engines.replaying import App, Verdict, replay_run
from surestep.errors import StoreError
from surestep.storage.port import RunQuery, Store, StoredRun

__all__ = ["check_finished", "find_finished", "load_finished"]

_FINISHED = (RunStatus.COMPLETED, RunStatus.FAILED)


async def find_finished(store: Store) -> set[str]:
    """Ids of the runs that have completed or failed; none of a store that a test has closed."""
    try:
        rows = [await store.list_runs(RunQuery(status=status, limit=10_000)) for status in _FINISHED]
    except StoreError:
        return set()
    return {row.run_id for found in rows for row in found}


async def load_finished(store: Store, known: set[str]) -> list[StoredRun]:
    """The runs that have finished and are not `known`, oldest first."""
    found = [await store.load_run(run_id) for run_id in sorted(await find_finished(store) - known)]
    return [stored for stored in found if stored is not None]


def check_finished(app: App, runs: Sequence[StoredRun]) -> None:
    """Replay runs that the app has finished.

    Raises:
        AssertionError: one asks for something else, or ends otherwise.
    """
    found = [replay_run(app, stored) for stored in runs]
    faults = [one.message for one in found if one.verdict in {Verdict.DIVERGED, Verdict.ENDED_OTHERWISE}]
    if faults:
        raise AssertionError("\n".join(("a replay of what has finished does something else", *faults)))
