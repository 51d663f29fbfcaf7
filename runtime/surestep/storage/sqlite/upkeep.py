"""What is done to a store's file besides running an engine on it: each function opens it, does one thing and closes it.

Looking and copying work while an engine has the file. What changes it needs the file for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from surestep.errors import ConfigurationError
from surestep.storage.keyring import Keyring
from surestep.storage.payloads import Payloads
from surestep.storage.pruning import Prunable, PruneQuery, Stored
from surestep.storage.sqlite.failures import failure_at_open
from surestep.storage.sqlite.inspecting import Inspection, inspect_store
from surestep.storage.sqlite.migrating import LATEST, migrate, read_version, write_backup
from surestep.storage.sqlite.opening import check_keys, connect
from surestep.storage.sqlite.ownership import release_lock, take_lock
from surestep.storage.sqlite.pruning import count_stored, delete_pruned, find_prunable
from surestep.storage.sqlite.rotating import rotate

__all__ = [
    "PruningFile",
    "backup_file",
    "check_file",
    "migrate_file",
    "open_for_pruning",
    "open_for_reading",
    "rotate_file",
]


def check_file(path: Path, keyring: Keyring | None) -> Inspection:
    """Whether the file is sound.

    Raises:
        ConfigurationError: it cannot be opened, is no store or of another version.
    """
    with _open(path) as connection:
        _check_version(connection, path)
        return inspect_store(connection, Payloads(keyring), frozenset() if keyring is None else keyring.ids)


def backup_file(path: Path, target: Path) -> int:
    """Copy the store as it is at one moment; returns the copy's size in bytes.

    Raises:
        ConfigurationError: as above, or the copy cannot be written.
    """
    with _open(path) as connection:
        read_version(connection, path)
        write_backup(connection, target)
    return target.stat().st_size


def migrate_file(path: Path, backup: Path | None) -> int:
    """Bring the file up to date; returns the schema it had.

    Args:
        path: the store.
        backup: where a copy is put before, unless nothing is to be done.

    Raises:
        ConfigurationError: as above, or it has faults, which a migration might make worse.
    """
    with _owned(path), _open(path) as connection:
        version = read_version(connection, path)
        if version < LATEST:
            if (found := connection.pragma("integrity_check")) != "ok":
                raise ConfigurationError(f"{path} is damaged: {found}", "restore a backup")
            if backup is not None:
                write_backup(connection, backup)
            migrate(connection, version)
    return version


def rotate_file(path: Path, keyring: Keyring) -> int:
    """Seal everything with the first key; returns how many payloads there are.

    Raises:
        ConfigurationError: as above, or a key is missing.
    """
    with _owned(path), _open(path) as connection:
        _check_version(connection, path)
        check_keys(connection, path, keyring)
        return rotate(connection, keyring)


class PruningFile:
    """A file from which old runs and events are deleted, or would be."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def count(self) -> Stored:
        """What there is."""
        return count_stored(self._connection)

    def find(self, query: PruneQuery) -> Prunable:
        """What may go."""
        return find_prunable(self._connection, query)

    def delete(self, found: Prunable, now_ms: int) -> Prunable:
        """Delete it; what has gone."""
        self._connection.execute("BEGIN IMMEDIATE")
        gone = delete_pruned(self._connection.cursor(), found, now_ms)
        self._connection.execute("COMMIT")
        return gone


@contextmanager
def open_for_pruning(path: Path, *, only_looks: bool) -> Iterator[PruningFile]:
    """The file to prune; one that is only looked at may have an engine.

    Raises:
        ConfigurationError: as above.
    """
    if only_looks:
        with open_for_reading(path) as connection:
            yield PruningFile(connection)
    else:
        with _owned(path), _open(path) as connection:
            _check_version(connection, path)
            yield PruningFile(connection)


@contextmanager
def open_for_reading(path: Path) -> Iterator[apsw.Connection]:
    """The file to be looked at; it may have an engine.

    Raises:
        ConfigurationError: as above.
    """
    with _open(path) as connection:
        _check_version(connection, path)
        yield connection


@contextmanager
def _owned(path: Path) -> Iterator[None]:
    path = path.resolve()
    _check_exists(path)
    try:
        lock = take_lock(path)
    except OSError as error:
        raise failure_at_open(path, error) from None
    try:
        yield
    finally:
        release_lock(lock)


@contextmanager
def _open(path: Path) -> Iterator[apsw.Connection]:
    _check_exists(path)
    connection: apsw.Connection | None = None
    try:
        connection = connect(path)
        yield connection
    except apsw.Error as error:
        raise failure_at_open(path, error) from None
    finally:
        if connection is not None:
            connection.close()


def _check_exists(path: Path) -> None:
    if not path.is_file():
        raise ConfigurationError(f"there is no store at {path}", "name its file with --store")


def _check_version(connection: apsw.Connection, path: Path) -> None:
    version = read_version(connection, path)
    if version != LATEST:
        raise ConfigurationError(
            f"{path} has schema {version}, and this version of surestep needs {LATEST}",
            f"`surestep db migrate --store {path}` makes a backup and brings it up to date",
        )
