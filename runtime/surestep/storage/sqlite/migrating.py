"""From an older schema to today's: numbered scripts, forward only, each in one transaction with the number it leads to.

What a process that dies meanwhile leaves behind is the file before or after a script, never between.
"""

import os
from pathlib import Path
from typing import Final

import apsw

from surestep.errors import ConfigurationError
from surestep.storage.sqlite.failures import DAMAGED_HINT
from surestep.storage.sqlite.statements import load_migrations

__all__ = ["LATEST", "backup_path", "migrate", "read_version", "write_backup"]

_SCRIPTS: Final = load_migrations()

LATEST: Final = len(_SCRIPTS)
"""The schema's version that this version of surestep reads and writes."""

_APPLICATION_ID: Final = 0x53555245
"""`SURE`: tells our files from other people's databases."""


def read_version(connection: apsw.Connection, path: Path) -> int:
    """The schema's version of the file, 0 for an empty one; nothing is written.

    Raises:
        ConfigurationError: the file is another program's or a newer version's.
    """
    version: int = connection.pragma("user_version")
    is_ours = connection.pragma("application_id") == _APPLICATION_ID
    if not is_ours and (version or connection.execute("SELECT count(*) FROM sqlite_schema").get):
        raise ConfigurationError(f"{path} is the database of another program", "choose another path for the store")
    if version > LATEST:
        raise ConfigurationError(
            f"{path} was written by a newer version of surestep (schema {version}, known up to {LATEST})",
            "update surestep, or go back to a backup made before the update",
        )
    return version


def migrate(connection: apsw.Connection, version: int) -> None:
    """Bring a file of schema `version` up to date."""
    for number, script in enumerate(_SCRIPTS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(script)
            connection.pragma("application_id", _APPLICATION_ID)
            connection.pragma("user_version", number)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def backup_path(path: Path) -> Path:
    """Where the backup before a migration to today's schema lies, unless somebody chooses another place."""
    return path.with_name(f"{path.name}.before-schema-{LATEST}")


def write_backup(connection: apsw.Connection, target: Path) -> None:
    """Copy the database as it is now to `target`, safely on the disk; others may write to it meanwhile.

    Raises:
        ConfigurationError: there is a file already, the copy cannot be written, or it has faults.
    """
    if target.exists():
        raise ConfigurationError(f"{target} exists already", "choose another name, or move it away")
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        copy = apsw.Connection(str(partial))
        try:
            with copy.backup("main", connection, "main") as backup:
                backup.step(-1)  # in one go, thus of one moment
            copy.pragma("journal_mode", "delete")  # one file, without a log beside it
            faults = copy.pragma("integrity_check")
        finally:
            copy.close()
        if faults != "ok":
            partial.unlink()
            raise ConfigurationError(f"the copy has faults: {faults}", "`surestep db check` tells more")
        _sync(partial)
        partial.rename(target)
        _sync(target.parent)
    except apsw.CorruptError as error:
        partial.unlink(missing_ok=True)
        raise ConfigurationError(f"the store is damaged ({error}), so it was not copied", DAMAGED_HINT) from None
    except (OSError, apsw.Error) as error:
        partial.unlink(missing_ok=True)
        reason = "the disk is full" if isinstance(error, apsw.FullError) else error  # which has no words of its own
        raise ConfigurationError(f"{target} cannot be written: {reason}", "check the directory and its space") from None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
