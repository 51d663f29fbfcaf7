"""Reads runs of a store's file, also while an engine has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surestep.limits import LISTED_ROWS
from surestep.storage.keyring import Keyring
from surestep.storage.payloads import Payloads
from surestep.storage.port import RunQuery, RunRow, StoredRun
from surestep.storage.sqlite.reader import Reader
from surestep.storage.sqlite.upkeep import open_for_reading

__all__ = ["RunsFile", "browse_runs"]


class RunsFile:
    """The runs of a file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(self, function_id: str | None = None) -> Iterator[RunRow]:
        """All runs, of a function if one is given, newest first."""
        before: str | None = None
        while True:
            page = self._reader.list_runs(RunQuery(function_id, before=before, limit=LISTED_ROWS))
            yield from page
            if len(page) < LISTED_ROWS:
                return
            before = page[-1].run_id

    def load(self, run_id: str) -> StoredRun | None:
        """A run."""
        return self._reader.load_run(run_id)


@contextmanager
def browse_runs(path: Path, keyring: Keyring | None) -> Iterator[RunsFile]:
    """The runs of the file.

    Raises:
        ConfigurationError: it cannot be opened, is no store or of another version.
        StoreError: a payload cannot be read: it is sealed with a key that is not given.
    """
    with open_for_reading(path) as connection:
        yield RunsFile(Reader(connection, Payloads(keyring)))
