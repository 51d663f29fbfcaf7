"""Connections to a store's file: how they are set up, and what has to be so before anything is written."""

import logging
from pathlib import Path
from typing import Literal, TypeAlias

import apsw

from surestep.errors import ConfigurationError
from surestep.limits import STORE_BUSY_MS, STORE_CACHE_BYTES, STORE_LOG_BYTES
from surestep.storage.keyring import Keyring
from surestep.storage.sqlite.log import keep_log
from surestep.storage.sqlite.migrating import LATEST, backup_path, migrate, read_version, write_backup
from surestep.storage.sqlite.statements import READS, WRITES

__all__ = ["Synchronous", "Upgrade", "check_keys", "connect", "prepare_writing", "take_epoch"]

Synchronous: TypeAlias = Literal["full", "normal"]
"""`full`: what was answered survives power loss. `normal`: it survives `kill -9`, not always power loss."""

Upgrade: TypeAlias = Literal["refuse", "backup"]
"""What to do about a file with an older schema: `backup` copies it and brings it up to date."""

_logger = logging.getLogger("surestep.storage")


def connect(path: Path) -> apsw.Connection:
    """Open a connection. It may be used from any thread, by one at a time."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(STORE_BUSY_MS)
    # Where a table has a partial index, plans would depend on bound values, and statements be compiled at each use.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    return connection


def prepare_writing(
    connection: apsw.Connection, path: Path, synchronous: Synchronous, upgrade: Upgrade = "refuse"
) -> None:
    """Make the file a store of this version and set up the connection that writes it.

    Foreign keys are not declared: nothing is deleted that others refer to, and checking them costs time on every write.

    Raises:
        ConfigurationError: the file is another program's, or has another schema; it has not been touched.
    """
    version = read_version(connection, path)
    if 0 < version < LATEST and upgrade == "refuse":
        raise ConfigurationError(
            f"{path} has schema {version}, and this version of surestep needs {LATEST}",
            f"`surestep db migrate --store {path}` makes a backup and brings it up to date",
        )
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", synchronous)
    connection.pragma("journal_size_limit", STORE_LOG_BYTES)
    connection.pragma("cache_size", -STORE_CACHE_BYTES // 1024)
    keep_log(connection, path)
    if 0 < version < LATEST:
        target = backup_path(path)
        write_backup(connection, target)
        _logger.warning("%s gets schema %d; as it was before it is in %s", path, LATEST, target)
    migrate(connection, version)


def check_keys(connection: apsw.Connection, path: Path, keyring: Keyring | None) -> None:
    """See that all that is sealed can be opened, and note the key that seals from now on.

    Raises:
        ConfigurationError: a key is missing.
    """
    known = {key_id for (key_id,) in connection.execute(READS["keys"])}
    missing = known - (frozenset() if keyring is None else keyring.ids)
    if missing:
        raise ConfigurationError(
            f"{path} holds values sealed with key {', '.join(sorted(missing))}, which is not given",
            "set SURESTEP_KEYS or SURESTEP_KEYS_FILE; an older key comes after the one in use, separated by a comma",
        )
    if keyring is not None and keyring.first_id not in known:
        connection.execute(WRITES["add_key"], (keyring.first_id,))


def take_epoch(connection: apsw.Connection) -> int:
    """Become the owner; whoever was it before is refused from now on."""
    epoch: int = connection.execute(WRITES["take_epoch"]).get
    return epoch
