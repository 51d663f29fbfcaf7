"""A store that fails once, at a chosen write: what a crash looks like to an engine.

`before` stands for a process that died with nothing written, `after` for one that died before it heard that all was.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeVar

from typing_extensions import override

from surestep.core.policies.order import Place
from surestep.core.policies.pause import PauseMode
from surestep.core.signals import Signal
from surestep.errors import StoreError
from surestep.storage.port import (
    Appended,
    Checkpoint,
    Delivery,
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

__all__ = ["FaultyStore", "InjectedFaultError"]

_T = TypeVar("_T")


class InjectedFaultError(StoreError):
    """The fault that was asked for."""


class FaultyStore(Store):
    """Passes everything on to another store, except that one write fails.

    Args:
        inner: the store that does the work.
        fail_at: which write fails, 1 for the first. Writes are `append_events`, `commit`, `hold`, `fire_timers`,
            `signal`, `set_pause` and `meet_schedules`.
        when: whether the write fails before or after `inner` has carried it out.

    Attributes:
        writes: how many writes were asked for so far; below `fail_at` at the end of a test, nothing has failed.
    """

    def __init__(self, inner: Store, *, fail_at: int, when: Literal["before", "after"]) -> None:
        self.writes = 0
        self.keeps_secrets = inner.keeps_secrets
        self._inner = inner
        self._fail_at = fail_at
        self._when = when

    @override
    async def append_events(self, events: Sequence[NewEvent]) -> Appended:
        return await self._write(lambda: self._inner.append_events(events))

    @override
    async def commit(self, checkpoint: Checkpoint) -> Appended:
        return await self._write(lambda: self._inner.commit(checkpoint))

    @override
    async def hold(self, run_id: str, place: Place) -> None:
        await self._write(lambda: self._inner.hold(run_id, place))

    @override
    async def fire_timers(self, now_ms: int, limit: int) -> Appended:
        return await self._write(lambda: self._inner.fire_timers(now_ms, limit))

    @override
    async def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        return await self._write(lambda: self._inner.signal(run_id, signal))

    @override
    async def meet_schedules(self, names: Sequence[str], now_ms: int) -> Mapping[str, int]:
        return await self._write(lambda: self._inner.meet_schedules(names, now_ms))

    @override
    async def set_pause(self, function_id: str, mode: PauseMode | None) -> None:
        await self._write(lambda: self._inner.set_pause(function_id, mode))

    @override
    async def list_put_off(self, function_id: str | None, limit: int) -> PutOffList:
        return await self._inner.list_put_off(function_id, limit)

    @override
    async def load_queue(self, now_ms: int) -> QueueState:
        return await self._inner.load_queue(now_ms)

    @override
    async def next_due_ms(self) -> int | None:
        return await self._inner.next_due_ms()

    @override
    async def ready_runs(self) -> tuple[str, ...]:
        return await self._inner.ready_runs()

    @override
    async def load_run(self, run_id: str) -> StoredRun | None:
        return await self._inner.load_run(run_id)

    @override
    async def list_runs(self, query: RunQuery) -> tuple[RunRow, ...]:
        return await self._inner.list_runs(query)

    @override
    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> tuple[StoredEvent, ...]:
        return await self._inner.list_events(name=name, before=before, limit=limit)

    @override
    async def count_stored(self) -> Stored:
        return await self._inner.count_stored()

    @override
    async def find_prunable(self, query: PruneQuery) -> Prunable:
        return await self._inner.find_prunable(query)

    @override
    async def prune(self, found: Prunable, now_ms: int) -> Prunable:
        return await self._write(lambda: self._inner.prune(found, now_ms))

    @override
    async def close(self) -> None:
        await self._inner.close()

    async def _write(self, call: Callable[[], Awaitable[_T]]) -> _T:
        self.writes += 1
        fails = self.writes == self._fail_at
        if fails and self._when == "before":
            raise InjectedFaultError(f"write {self.writes} fails before it is carried out")
        result = await call()
        if fails:
            raise InjectedFaultError(f"write {self.writes} fails after it was carried out")
        return result
