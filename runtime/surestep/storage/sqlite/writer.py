"""Group commit: whatever waits goes into one transaction, and all its callers are answered together after COMMIT.

Statements run on the event loop's thread, where they cost microseconds; only COMMIT, which waits for the disk, runs on
another. Were the statements on that thread, each would have to win the interpreter lock back from a busy loop, which
takes up to milliseconds. The same holds for the end of COMMIT, so the loop waits for it for a moment, goes on with
other work when the disk is slow, and soon waits for a moment again.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import apsw

from surestep.errors import StaleCheckpointError, StoreError
from surestep.limits import COMMIT_PAUSE_MS, COMMIT_WAIT_MS, WRITES_PER_TRANSACTION
from surestep.storage.answer import Answer
from surestep.storage.sqlite.committer import Committer
from surestep.storage.sqlite.failures import failure_at_work
from surestep.storage.sqlite.opening import take_epoch
from surestep.storage.sqlite.statements import WRITES

__all__ = ["Writer"]

_T = TypeVar("_T")


_Item: TypeAlias = tuple[Callable[[], Any], Answer[Any]]
"""A write and its answer."""

_Outcome: TypeAlias = tuple[Answer[Any], object, Exception | None]
"""An answer, and what it will be: a result or an error."""


class Writer:
    """Owns the writing connection, and the file as long as its epoch is the file's.

    Args:
        connection: used by nobody else.
        path: for messages.
    """

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._epoch = take_epoch(connection)
        self._inode = _inode_of(path)
        self._loop = asyncio.get_running_loop()
        self._committer = Committer(connection, self._look)
        self._queue: list[_Item] = []
        self._suspects = 0  # writes to be carried out one by one, since their batch failed
        self._outcomes: deque[_Outcome] = deque()
        self._commit: int | None = None  # the number of the one in progress
        self._is_busy = False
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, call: Callable[[], _T]) -> Answer[_T]:
        """Have a write carried out in the next transaction. `call` may be made again after it has been rolled back."""
        answer: Answer[_T] = Answer()
        self._queue.append((call, answer))
        if not self._is_busy:
            self._is_busy = True
            self._idle.clear()
            self._loop.call_soon(self._begin)
        return answer

    async def close(self) -> None:
        """Finish what waits."""
        await self._idle.wait()
        self._committer.close()

    def _begin(self) -> None:
        size = 1 if self._suspects else WRITES_PER_TRANSACTION
        batch, self._queue = self._queue[:size], self._queue[size:]
        self._suspects = max(self._suspects - 1, 0)
        try:
            self._outcomes = self._execute(batch)
        except Exception as error:  # noqa: BLE001 -- whatever it is, callers wait for an answer
            self._give_up(batch, error)
            return
        self._commit = self._committer.begin()
        self._look(self._commit)

    def _execute(self, batch: list[_Item]) -> deque[_Outcome]:
        """Carry out a batch in a new transaction and leave it open."""
        if _inode_of(self._path) != self._inode:
            raise StoreError(f"{self._path} was moved or replaced while in use; stop this engine and start it again")
        self._connection.execute("BEGIN IMMEDIATE")
        if self._connection.execute(WRITES["epoch"]).get != self._epoch:
            raise StoreError(f"{self._path} has been taken over by another process; this one may no longer write")
        outcomes: deque[_Outcome] = deque()
        for call, answer in batch:
            try:
                outcomes.append((answer, call(), None))
            except StaleCheckpointError as error:  # refused before the first change
                outcomes.append((answer, None, error))
        return outcomes

    def _give_up(self, batch: list[_Item], error: Exception) -> None:
        """Undo a batch. One write is to blame, so each is done again in a transaction of its own.

        A savepoint for each would do, but costs a quarter of the throughput, and all but never does a write fail.
        """
        if len(batch) == 1:
            self._outcomes.append((batch[0][1], None, None))
            self._finish(error)
            return
        self._roll_back()
        self._queue = batch + self._queue
        self._suspects = len(batch)
        self._loop.call_soon(self._begin)

    def _look(self, commit: int) -> None:
        """See whether a commit has ended, unless that was seen already."""
        if commit != self._commit:
            return
        if self._committer.wait(COMMIT_WAIT_MS / 1_000):
            self._finish(self._committer.error)
        else:
            self._loop.call_later(COMMIT_PAUSE_MS / 1_000, self._look, commit)

    def _finish(self, failure: Exception | None) -> None:
        self._commit = None
        if failure is not None:
            self._roll_back()
            self._outcomes = deque((answer, None, failure) for answer, *_ in self._outcomes)
        self._tell()

    def _tell(self) -> None:
        """Tell the answers, and begin with what waits by then."""
        outcomes = self._outcomes
        try:
            while outcomes:
                answer, result, error = outcomes.popleft()
                answer.settle(result, None if error is None else failure_at_work(self._path, error))
        except BaseException:  # a handler's Ctrl-C: the others are told as soon as the loop goes on
            self._loop.call_soon(self._tell)
            raise
        if self._queue:
            self._loop.call_soon(self._begin)
        else:
            self._is_busy = False
            self._idle.set()

    def _roll_back(self) -> None:
        with suppress(apsw.Error):  # the next BEGIN will say what is wrong, and its callers hear it
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _inode_of(path: Path) -> int | None:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 -- a path's own method takes twice as long
    except OSError:
        return None
