"""The store on one SQLite file: opens and closes it, and sends each call to the writer or a reader."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import apsw
from typing_extensions import override

from surestep.core.policies.order import Place
from surestep.core.policies.pause import PauseMode
from surestep.core.signals import Signal
from surestep.errors import StoreError
from surestep.storage.answer import Answer
from surestep.storage.keyring import Keyring
from surestep.storage.payloads import Payloads
from surestep.storage.port import (
    NOTHING,
    Appended,
    Checkpoint,
    Delivery,
    Matches,
    NewEvent,
    PutOffList,
    QueueState,
    RunQuery,
    RunRow,
    Store,
    StoredEvent,
    StoredRun,
)
from surestep.storage.pruning import Prunable, PruneQuery, Stored
from surestep.storage.sqlite.failures import failure_at_open, failure_at_work
from surestep.storage.sqlite.opening import Synchronous, Upgrade, check_keys, connect, prepare_writing
from surestep.storage.sqlite.ownership import release_lock, take_lock
from surestep.storage.sqlite.pruning import count_stored, delete_pruned, find_prunable
from surestep.storage.sqlite.reader import Reader
from surestep.storage.sqlite.settings import meet_schedules, set_pause
from surestep.storage.sqlite.work import Work
from surestep.storage.sqlite.writer import Writer

__all__ = ["SqliteStore"]

_T = TypeVar("_T")


class SqliteStore(Store):
    """A store that outlives its process. Made by `open`; belongs to the event loop that opened it."""

    def __init__(
        self,
        path: Path,
        matches: Matches,
        lock: int,
        connections: Sequence[apsw.Connection],
        keyring: Keyring | None = None,
    ) -> None:
        writing, reading, listing = connections
        payloads = Payloads(keyring)
        self.keeps_secrets = keyring is not None
        self._path = path
        self._lock = lock
        self._connections = connections
        self._writer = Writer(writing, path)
        self._work = Work(writing, matches, payloads)
        self._reader = Reader(reading, payloads)
        self._lister = Reader(listing, payloads)
        self._listing = ThreadPoolExecutor(1, "surestep-list")  # lists may search far; all other reads are seeks
        self._is_closed = False

    @classmethod
    async def open(
        cls,
        path: str | Path,
        *,
        matches: Matches,
        synchronous: Synchronous = "full",
        keyring: Keyring | None = None,
        upgrade: Upgrade = "refuse",
    ) -> Self:
        """Open the store at `path`; the file and its directory are made where they are missing.

        Args:
            path: the database; `<path>-wal`, `<path>-shm` and `<path>.lock` lie beside it.
            matches: whether a waiter's condition holds for an event.
            synchronous: `normal` trades the safety of the last moments before a power loss for speed.
            keyring: seals all payloads from now on; what is stored in plain stays so until `surestep db rotate`.
            upgrade: what to do about a file of an older version.

        Raises:
            ConfigurationError: it is in use, damaged, of another version, sealed with other keys, no store, or cannot
                be written.
        """
        path = Path(path).resolve()  # noqa: ASYNC240 -- once, at the start; by whatever link it is called, it has one lock
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = take_lock(path)
        except OSError as error:
            raise failure_at_open(path, error) from None
        connections: list[apsw.Connection] = []
        try:
            connections.append(connect(path))
            prepare_writing(connections[0], path, synchronous, upgrade)
            check_keys(connections[0], path, keyring)
            connections += [connect(path), connect(path)]
            return cls(path, matches, lock, connections, keyring)
        except BaseException as error:
            for connection in connections:
                connection.close()
            release_lock(lock)
            if isinstance(error, apsw.Error):
                raise failure_at_open(path, error) from None
            raise

    @override
    async def append_events(self, events: Sequence[NewEvent]) -> Appended:
        return await self._write(partial(self._work.append_events, events)) if events else NOTHING

    @override
    def commit(self, checkpoint: Checkpoint) -> Answer[Appended]:
        return self._write(partial(self._work.commit, checkpoint))

    @override
    def hold(self, run_id: str, place: Place) -> Answer[None]:
        return self._write(partial(self._work.hold, run_id, place))

    @override
    async def fire_timers(self, now_ms: int, limit: int) -> Appended:
        return await self._write(partial(self._work.fire_timers, now_ms, limit))

    @override
    async def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        return await self._write(partial(self._work.signal, run_id, signal))

    @override
    async def load_queue(self, now_ms: int) -> QueueState:
        return self._read(partial(self._reader.load_queue, now_ms))

    @override
    async def list_put_off(self, function_id: str | None, limit: int) -> PutOffList:
        return await self._list(partial(self._lister.list_put_off, function_id, limit))

    @override
    async def set_pause(self, function_id: str, mode: PauseMode | None) -> None:
        await self._write(partial(set_pause, self._connections[0].cursor(), function_id, mode))

    @override
    async def meet_schedules(self, names: Sequence[str], now_ms: int) -> Mapping[str, int]:
        return await self._write(partial(meet_schedules, self._connections[0].cursor(), names, now_ms))

    @override
    async def next_due_ms(self) -> int | None:
        return self._read(self._reader.next_due_ms)

    @override
    async def ready_runs(self) -> tuple[str, ...]:
        return self._read(self._reader.ready_runs)

    @override
    async def load_run(self, run_id: str) -> StoredRun | None:
        return self._read(partial(self._reader.load_run, run_id))

    @override
    async def list_runs(self, query: RunQuery) -> tuple[RunRow, ...]:
        return await self._list(partial(self._lister.list_runs, query))

    @override
    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> tuple[StoredEvent, ...]:
        return await self._list(partial(self._lister.list_events, name, before, limit))

    @override
    async def count_stored(self) -> Stored:
        return await self._list(partial(count_stored, self._connections[2]))

    @override
    async def find_prunable(self, query: PruneQuery) -> Prunable:
        return await self._list(partial(find_prunable, self._connections[2], query))

    @override
    async def prune(self, found: Prunable, now_ms: int) -> Prunable:
        return await self._write(partial(delete_pruned, self._connections[0].cursor(), found, now_ms))

    @override
    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        await self._writer.close()
        self._listing.shutdown()
        for connection in reversed(self._connections):  # the writing one last: it empties the log into the file
            connection.close()
        release_lock(self._lock)

    def _write(self, call: Callable[[], _T]) -> Answer[_T]:
        if self._is_closed:
            refused: Answer[_T] = Answer()
            refused.settle(None, self._closed())
            return refused
        return self._writer.submit(call)

    async def _list(self, call: Callable[[], _T]) -> _T:
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._listing, self._read, call)

    def _read(self, call: Callable[[], _T]) -> _T:
        self._check_open()
        try:
            return call()
        except apsw.Error as error:
            raise failure_at_work(self._path, error) from None

    def _check_open(self) -> None:
        if self._is_closed:
            raise self._closed()

    def _closed(self) -> StoreError:
        return StoreError(f"{self._path} is closed")
