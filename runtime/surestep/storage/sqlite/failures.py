"""What went wrong with a file, in words: apsw's errors become ours, with the path and what to do."""

from pathlib import Path
from typing import Final

import apsw

from surestep.errors import ConfigurationError, StoreError

__all__ = ["DAMAGED_HINT", "failure_at_open", "failure_at_work"]

DAMAGED_HINT: Final = "restore a backup; `sqlite3 FILE .recover` may save what is readable"


def failure_at_work(path: Path, error: Exception) -> Exception:
    """The error for whoever asked for a read or write. Errors that are not the database's stay as they are."""
    match error:
        case apsw.FullError():
            return StoreError(f"{path} cannot grow, the disk is full; free some space, nothing confirmed is lost")
        case apsw.ReadOnlyError() | apsw.PermissionsError() | apsw.CantOpenError():
            return StoreError(f"{path} cannot be written ({error}); check its owner, mode and disk")
        case apsw.CorruptError() | apsw.NotADBError():
            return StoreError(f"{path} is damaged ({error}); {DAMAGED_HINT}")
        case apsw.BusyError():
            return StoreError(f"{path} is locked by another program; close what else has it open")
        case apsw.IOError():
            return StoreError(f"{path} cannot be read or written ({error}); check the disk, nothing confirmed is lost")
        case apsw.Error():
            return StoreError(f"{path}: {error}")
        case _:
            return error


def failure_at_open(path: Path, error: apsw.Error | OSError) -> ConfigurationError:
    """The error for whoever starts an app."""
    match error:
        case apsw.NotADBError():
            return ConfigurationError(f"{path} is not a database", "choose another path for the store")
        case apsw.CorruptError():
            return ConfigurationError(f"{path} is damaged ({error})", DAMAGED_HINT)
        case apsw.FullError():
            return ConfigurationError(f"{path} cannot be opened, the disk is full", "free some space")
        case apsw.BusyError():
            return ConfigurationError(f"{path} is locked by another program", "close what else has it open")
        case _:
            return ConfigurationError(
                f"{path} cannot be opened for writing ({error})",
                "check that its directory exists, and that both may be written",
            )
