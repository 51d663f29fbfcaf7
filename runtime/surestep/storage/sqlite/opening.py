"""Connections to a store's file: how they are set up, and how an older file is brought up to date."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

import apsw

from surestep.errors import ConfigurationError
from surestep.limits import STORE_BUSY_MS, STORE_CACHE_BYTES, STORE_LOG_BYTES, STORE_LOG_PAGES
from surestep.storage.sqlite.statements import WRITES, load_migrations

__all__ = ["Synchronous", "connect", "prepare_writing", "take_epoch"]

Synchronous: TypeAlias = Literal["full", "normal"]
"""`full`: what was answered survives power loss. `normal`: it survives `kill -9`, not always power loss."""

_APPLICATION_ID: Final = 0x53555245
"""`SURE`: tells our files from other people's databases."""


def connect(path: Path) -> apsw.Connection:
    """Open a connection. It may be used from any thread, by one at a time."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(STORE_BUSY_MS)
    return connection


def prepare_writing(connection: apsw.Connection, path: Path, synchronous: Synchronous) -> None:
    """Make the file a store of this version, one transaction per step, and set up the connection that writes it.

    Foreign keys are not declared: nothing is deleted that others refer to, and checking them costs time on every write.

    Raises:
        ConfigurationError: the file is another program's or a newer version's; it has not been touched.
    """
    migrations = load_migrations()
    version = connection.pragma("user_version")
    is_ours = connection.pragma("application_id") == _APPLICATION_ID
    if not is_ours and (version or connection.execute("SELECT count(*) FROM sqlite_schema").get):
        raise ConfigurationError(f"{path} is the database of another program", "choose another path for the store")
    if version > len(migrations):
        raise ConfigurationError(
            f"{path} was written by a newer version of surestep (schema {version}, known up to {len(migrations)})",
            "update surestep, or go back to a backup made before the update",
        )
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", synchronous)
    connection.pragma("journal_size_limit", STORE_LOG_BYTES)
    connection.pragma("cache_size", -STORE_CACHE_BYTES // 1024)
    connection.wal_autocheckpoint(STORE_LOG_PAGES)
    for number, script in enumerate(migrations[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(script)
        connection.pragma("application_id", _APPLICATION_ID)
        connection.pragma("user_version", number)
        connection.execute("COMMIT")


def take_epoch(connection: apsw.Connection) -> int:
    """Become the owner; whoever was it before is refused from now on."""
    epoch: int = connection.execute(WRITES["take_epoch"]).get
    return epoch
