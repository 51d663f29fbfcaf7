"""The reference store: what the contract says, in plain dictionaries. Nothing survives the process.

Every write is made on a draft and applied in one go at its end, so a write that raises has changed nothing. Meant to be
obviously right, not to be fast: an event is compared with every waiter there is.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from typing_extensions import override

from surestep.core.commands import StepKey
from surestep.core.policies.admission import Holder
from surestep.core.policies.groups import is_joinable, is_pace
from surestep.core.policies.order import Place
from surestep.core.policies.pause import PauseMode
from surestep.core.signals import Signal
from surestep.errors import StoreError
from surestep.storage.draft import Draft
from surestep.storage.memory_run import MemoryRun
from surestep.storage.port import (
    Appended,
    Checkpoint,
    Delivery,
    Matches,
    NewEvent,
    NewTimer,
    PutOff,
    PutOffList,
    QueueState,
    RunQuery,
    RunRow,
    Store,
    StoredEvent,
    StoredRun,
)
from surestep.storage.pruning import Candidate, Prunable, PruneQuery, Stored, choose

__all__ = ["MemoryStore"]

_RUN_ITSELF = StepKey("", -1)


class MemoryStore(Store):
    """A store for tests and trials."""

    def __init__(self, matches: Matches) -> None:
        self.keeps_secrets = True  # it has no files
        self._matches = matches
        self._live: dict[str, MemoryRun] = {}
        self._ended: dict[str, MemoryRun] = {}
        self._events: dict[str, StoredEvent] = {}
        self._places: dict[str, tuple[Holder, ...]] = {}
        self._schedules: dict[str, int] = {}
        self._paused: dict[str, PauseMode] = {}
        self._last_number = 0
        self._is_closed = False

    @override
    async def append_events(self, events: Sequence[NewEvent]) -> Appended:
        draft = self._draft()
        for event in events:
            draft.append(event)
        self._apply(draft)
        return draft.appended

    @override
    async def commit(self, checkpoint: Checkpoint) -> Appended:
        draft = self._draft()
        appended = draft.commit(checkpoint)
        self._apply(draft)
        return appended

    @override
    async def hold(self, run_id: str, place: Place) -> None:
        draft = self._draft()
        draft.hold(run_id, place)
        self._apply(draft)

    @override
    async def fire_timers(self, now_ms: int, limit: int) -> Appended:
        draft = self._draft()
        due = (timer for timer in self._timers() if timer.due_at_ms <= now_ms)
        for timer in islice(due, limit):
            draft.fire(timer)
        self._apply(draft)
        return draft.appended

    @override
    async def next_due_ms(self) -> int | None:
        self._check_open()
        return next((timer.due_at_ms for timer in self._timers()), None)

    @override
    async def signal(self, run_id: str, signal: Signal) -> Delivery | None:
        draft = self._draft()
        delivery = draft.deliver(run_id, signal)
        self._apply(draft)
        return delivery

    @override
    async def ready_runs(self) -> tuple[str, ...]:
        self._check_open()
        return tuple(run_id for run_id, run in sorted(self._live.items()) if run.is_ready)

    @override
    async def load_queue(self, now_ms: int) -> QueueState:
        self._check_open()
        runs = (run.queued(is_let_go=self._is_let_go(run, now_ms)) for _, run in sorted(self._live.items()))
        held = ((group, [one for one in held if (one.until_ms or 0) > now_ms]) for group, held in self._places.items())
        paces = ((group, max(one.mark for one in held)) for group, held in held if held and is_pace(group))
        return QueueState(
            tuple(run for run in runs if run is not None), tuple(sorted(paces)), tuple(sorted(self._paused.items()))
        )

    @override
    async def list_put_off(self, function_id: str | None, limit: int) -> PutOffList:
        self._check_open()
        held = ((group, one) for group, holders in self._places.items() if is_joinable(group) for one in holders)
        joinable = {one.run_id: (group, one.size) for group, one in held if one.size}
        found: dict[tuple[str, str], PutOff] = {}
        for run_id, run in self._live.items():
            name, start_at_ms = run.new.function_id, run.start_at_ms
            if start_at_ms is None or function_id not in {None, name}:
                continue
            group, size = joinable.get(run_id, (None, 0))
            known = found.get((name, group or ""), PutOff(name, group, 0, 0, start_at_ms))
            first_ms = min(known.start_at_ms, start_at_ms)
            found[name, group or ""] = PutOff(name, group, known.runs + 1, known.events + size, first_ms)
        order = sorted(found.values(), key=lambda it: (-it.runs, it.start_at_ms, it.function_id, it.group or ""))
        return PutOffList(tuple(order[:limit]), len(order), sum(one.runs for one in order))

    @override
    async def set_pause(self, function_id: str, mode: PauseMode | None) -> None:
        self._check_open()
        if mode is None:
            self._paused.pop(function_id, None)
        else:
            self._paused[function_id] = mode

    @override
    async def meet_schedules(self, names: Sequence[str], now_ms: int) -> Mapping[str, int]:
        self._check_open()
        self._schedules = {name: self._schedules.get(name, now_ms) for name in names}
        return dict(self._schedules)

    @override
    async def load_run(self, run_id: str) -> StoredRun | None:
        self._check_open()
        run = self._live.get(run_id) or self._ended.get(run_id)
        return None if run is None else run.stored(self._events)

    @override
    async def list_runs(self, query: RunQuery) -> tuple[RunRow, ...]:
        self._check_open()
        newest_first = (run.row() for _, run in sorted((self._live | self._ended).items(), reverse=True))
        asked = (
            row
            for row in newest_first
            if query.function_id in {None, row.function_id}
            and query.status in {None, row.status}
            and (query.event_id is None or query.event_id in row.event_ids)
            and (query.before is None or row.run_id < query.before)
        )
        return tuple(islice(asked, query.limit))

    @override
    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> tuple[StoredEvent, ...]:
        self._check_open()
        newest_first = (event for _, event in sorted(self._events.items(), reverse=True))
        asked = (
            event
            for event in newest_first
            if name in {None, event.name} and (before is None or event.event_id < before)
        )
        return tuple(islice(asked, limit))

    @override
    async def count_stored(self) -> Stored:
        self._check_open()
        needed = (event_id for run in self._live.values() for event_id in run.new.event_ids)
        return Stored(len(self._ended), len(self._events), min(needed, default=None))

    @override
    async def find_prunable(self, query: PruneQuery) -> Prunable:
        self._check_open()
        runs = (
            Candidate(run_id, len(run.records) + 2, run.new.created_at_ms, run.ended_at_ms or run.new.created_at_ms)
            for run_id, run in sorted(self._ended.items())
            if run_id > query.after_run
        )
        if chosen := tuple(choose(runs, query.before_ms, query.surplus_runs, query.rows)):
            return Prunable(runs=chosen)
        needed = self._triggers()
        events = (
            Candidate(event_id, 1, event.received_at_ms, event.received_at_ms, event_id in needed)
            for event_id, event in sorted(self._events.items())
            if event_id > query.after_event and (query.until_event is None or event_id < query.until_event)
        )
        return Prunable(events=tuple(choose(events, query.before_ms, query.surplus_events, query.rows)))

    @override
    async def prune(self, found: Prunable, now_ms: int) -> Prunable:
        self._check_open()
        self._places = {
            group: tuple(holder for holder in holders if holder.until_ms is None or holder.until_ms > now_ms)
            for group, holders in self._places.items()
        }
        runs = tuple(run_id for run_id in found.runs if self._ended.pop(run_id, None) is not None)
        needed = self._triggers()
        events = tuple(
            event_id
            for event_id in found.events
            if event_id not in needed and self._events.pop(event_id, None) is not None
        )
        return Prunable(runs, events)

    @override
    async def close(self) -> None:
        self._is_closed = True

    def _is_let_go(self, run: MemoryRun, now_ms: int) -> bool:
        """Whether it holds a place of its throttle."""
        holders = self._places.get((run.new.queueing and run.new.queueing.throttle) or "", ())
        return any(one.run_id == run.new.run_id and (one.until_ms or 0) > now_ms for one in holders)

    def _triggers(self) -> set[str]:
        """Events that runs were started by."""
        return {event_id for run in (self._live | self._ended).values() for event_id in run.new.event_ids}

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreError("the store is closed")

    def _draft(self) -> Draft:
        self._check_open()
        return Draft(self._live, self._ended, self._events, self._places, self._matches, self._last_number)

    def _apply(self, draft: Draft) -> None:
        for run_id, run in draft.changed_runs.items():
            self._live.pop(run_id, None)
            (self._ended if run.has_ended else self._live)[run_id] = run
        self._events.update(draft.new_events)
        self._places.update(draft.places.maps[0])
        self._schedules.update(draft.schedules)
        self._last_number = draft.last_number

    def _timers(self) -> list[NewTimer]:
        """All timers, earliest first."""
        timers = [timer for run in self._live.values() for timer in run.timers]
        return sorted(timers, key=lambda it: (it.due_at_ms, it.run_id, it.key or _RUN_ITSELF, it.purpose))
