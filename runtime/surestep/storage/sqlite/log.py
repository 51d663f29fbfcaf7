"""SQLite's log: filled with zeros ahead of its use, and copied into the file when it is long.

A write that makes a file longer brings the file's new size to the disk, too, which takes longer than the write itself.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from surestep.limits import STORE_LOG_AHEAD_PAGES, STORE_LOG_PAGES

__all__ = ["keep_log"]

_FRAME_BYTES: Final = 4_096 + 24
"""A page and what the log says about it."""


def keep_log(connection: apsw.Connection, path: Path) -> None:
    """Look after the log from now on, after each commit of the connection that writes."""
    connection.set_wal_hook(_Log(path).keep)


class _Log:
    def __init__(self, path: Path) -> None:
        self._path = f"{path}-wal"
        self._filled_pages = 0

    def keep(self, connection: apsw.Connection, _database: str, pages: int) -> int:
        """Called with the length of the log, on the thread that has committed."""
        if pages >= STORE_LOG_PAGES:
            with suppress(apsw.Error):  # there will be another commit
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        elif pages > self._filled_pages:
            more = min(pages, STORE_LOG_AHEAD_PAGES)  # a short log is not made much longer
            self._filled_pages = pages + more
            with suppress(OSError):  # a full disk, say: the log grows as it is used
                _append_zeros(self._path, more * _FRAME_BYTES)
        return apsw.SQLITE_OK


def _append_zeros(path: str, count: int) -> None:
    """At its end, wherever that is, so that nothing is overwritten; to SQLite they are no frames."""
    target = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(target, bytes(count))
    finally:
        os.close(target)
