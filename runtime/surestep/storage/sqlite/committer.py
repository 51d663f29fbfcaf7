"""Carries out COMMIT, which waits for the disk, on a thread of its own.

Two locks pass it back and forth. A pool of threads would do the same with a queue, a future and a condition for each
commit, which together take as long as a quiet disk.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import apsw

from surestep.limits import COMMIT_WAIT_MS

__all__ = ["Committer"]


class Committer:
    """Commits what is open on a connection, one time after the other.

    Args:
        connection: used by nobody else while a commit is in progress.
        ended: called on the loop, with the number of the commit, when one has ended that nobody may wait for any more.

    Attributes:
        number: of the latest commit.
        error: what it has failed with; None before its end is known.
    """

    def __init__(self, connection: apsw.Connection, ended: Callable[[int], None]) -> None:
        self.number = 0
        self.error: Exception | None = None
        self._connection = connection
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._begun_s = 0.0
        self._is_closing = False
        self._asked, self._done = threading.Lock(), threading.Lock()
        self._asked.acquire()
        self._done.acquire()
        self._thread = threading.Thread(target=self._work, name="surestep-commit", daemon=True)
        self._thread.start()

    def begin(self) -> int:
        """Begin to commit; returns the number of this commit."""
        self.number += 1
        self.error = None
        self._begun_s = time.monotonic()
        self._asked.release()
        return self.number

    def wait(self, seconds: float) -> bool:
        """Whether the commit ends within a time; to be asked no more when it has."""
        return self._done.acquire(timeout=seconds)

    def close(self) -> None:
        """End the thread, between two commits."""
        self._is_closing = True
        self._asked.release()
        self._thread.join()

    def _work(self) -> None:
        while self._asked.acquire() and not self._is_closing:
            number = self.number
            try:
                self._connection.execute("COMMIT")
            except Exception as error:  # noqa: BLE001 -- whatever it is, somebody waits for the end
                self.error = error
            is_late = time.monotonic() - self._begun_s >= COMMIT_WAIT_MS / 1_000  # the loop does other work by now
            self._done.release()
            if is_late:
                with suppress(RuntimeError):  # it is closed
                    self._loop.call_soon_threadsafe(self._ended, number)
