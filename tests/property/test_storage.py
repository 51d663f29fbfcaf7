"""SQLite agrees with the reference whatever is asked, in whatever order, and however often it is opened again.

A failure prints a short sequence of calls that shows it, one per line.
"""

import asyncio
import tempfile
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pytest
from hypothesis import Phase, given, settings, strategies as st
from tests.conftest import enough

from surestep.core.commands import StepKey
from surestep.core.outcomes import Success
from surestep.core.policies.batch import Batched
from surestep.core.policies.debounce import Debounced
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.order import Claim, Place
from surestep.core.policies.pause import PauseMode
from surestep.core.policies.queueing import Queueing
from surestep.core.policies.rate_limit import Window
from surestep.core.records import Record, RunCompleted, RunStarted, RunStatus
from surestep.core.signals import CancelAsked, ChildEnded, ReleaseAsked, Signal, TimerPurpose
from surestep.errors import StoreError
from surestep.storage.keyring import Keyring, new_key
from surestep.storage.memory import MemoryStore
from surestep.storage.port import (
    Appended,
    Checkpoint,
    Delivery,
    NewEvent,
    NewRun,
    NewTimer,
    NewWaiter,
    Parent,
    RunQuery,
    Store,
    StoredEvent,
    StoredRun,
)
from surestep.storage.pruning import PruneQuery
from surestep.storage.sqlite import SqliteStore
from surestep_dsl.flow import Singleton, SingletonMode

_RUN_IDS = ["r0", "r1", "r2"]  # exist from the beginning, started by ...
_EVENT_IDS = ["e-r0", "e-r1", "e-r2"]
_NAMES = ["a", "b"]
_KEYS = [StepKey("x"), StepKey("x", 1)]
_PURPOSES = [TimerPurpose.WAIT, TimerPurpose.WAIT, TimerPurpose.RETRY, TimerPurpose.START]
_DATA = [b"{}", b'{"id":1}', b'{"id":1.0}', b'{"id":"1"}', b'{"id":null}', b'{"id":[1]}', b'{"a":{"id":1},"id":2}']


def _matches(waiter: NewWaiter, event: StoredEvent) -> bool:
    return (waiter.condition or "").encode() in event.data + waiter.trigger


@dataclass(frozen=True)
class Append:
    events: list[NewEvent]


@dataclass(frozen=True)
class Commit:
    """`behind` is added to the right `first_seq`; `consumed` counts signals of the run from the oldest."""

    checkpoint: Checkpoint
    behind: int
    consumed: list[int]


@dataclass(frozen=True)
class Fire:
    now_ms: int
    limit: int


@dataclass(frozen=True)
class Tell:
    run_id: str
    signal: Signal


@dataclass(frozen=True)
class Meet:
    names: list[str]
    now_ms: int


@dataclass(frozen=True)
class Hold:
    run_id: str
    place: Place


@dataclass(frozen=True)
class Pause:
    function_id: str
    mode: PauseMode | None


@dataclass(frozen=True)
class Prune:
    query: PruneQuery


@dataclass(frozen=True)
class Reopen:
    pass


Call: TypeAlias = Append | Commit | Fire | Tell | Meet | Hold | Pause | Prune | Reopen

_T = TypeVar("_T")

_instants = st.integers(0, 6)
_names = st.sampled_from(_NAMES)
_run_ids = st.sampled_from(_RUN_IDS)
_keys = st.sampled_from(_KEYS)
_records: st.SearchStrategy[Record] = st.sampled_from([RunStarted(5, "c"), RunCompleted(9, b"1")])
_signals: st.SearchStrategy[Signal] = st.one_of(
    st.sampled_from([CancelAsked("enough"), ReleaseAsked()]),
    st.builds(ChildEnded, _keys, st.just(Success(b"7"))),
)
_stored = st.builds(
    lambda number, name, data, at_ms: StoredEvent(f"e{number:03}", name, data, "sent", at_ms, at_ms),
    st.integers(0, 999),  # seldom the same twice, which is refused
    st.sampled_from(_NAMES),
    st.sampled_from(_DATA),
    _instants,
)


def _few(items: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    return st.lists(items, max_size=2).map(tuple)


def _timers(run_id: str) -> st.SearchStrategy[NewTimer]:
    return st.builds(NewTimer, st.just(run_id), st.sampled_from(_PURPOSES), _instants, st.none() | _keys)


def _waiters(run_id: str) -> st.SearchStrategy[NewWaiter]:
    return st.builds(
        NewWaiter,
        run_id=st.just(run_id),
        key=st.none() | _keys,
        event_name=st.sampled_from(_NAMES),
        match_path=st.sampled_from([None, None, "data.id", "data.a.id"]),
        match_value=st.sampled_from(["1", "1", None, '"1"', "null", "2"]),
        condition=st.sampled_from([None, None, "id", "1.0"]),
        trigger=st.sampled_from([b"", b"1.0"]),
        until_ms=st.none() | _instants,
        lookback_after=st.sampled_from([None, None, None, "", *_EVENT_IDS]),
        consumed=st.lists(st.sampled_from(_EVENT_IDS), max_size=2).map(tuple),
    )


def _waits(run_id: str) -> st.SearchStrategy[tuple[tuple[NewTimer, ...], tuple[NewWaiter, ...]]]:
    """Timers and waiters: some belong together, as those of a wait do."""
    return st.tuples(_few(_timers(run_id)), _few(_waiters(run_id)), _instants, st.booleans()).map(
        lambda drawn: (
            drawn[0] + tuple(NewTimer(run_id, TimerPurpose.WAIT, drawn[2], it.key) for it in drawn[1] if drawn[3]),
            drawn[1],
        )
    )


_claims: st.SearchStrategy[Claim] = st.one_of(
    st.builds(Claim, st.builds(Deduplication, st.integers(0, 3)), st.sampled_from(["d", "e"])),
    st.builds(Claim, st.builds(Occurrence, _instants), st.sampled_from(["o", "p"])),
    st.builds(Claim, st.builds(Singleton, st.sampled_from(SingletonMode)), st.sampled_from(["s", "t"])),
    st.builds(Claim, st.just(Window("rate_limit", 2, 3)), st.just("w"), st.sampled_from(["", "k"])),
    st.builds(
        Claim,
        st.builds(Debounced, st.just(2), st.none() | st.just(3), _instants, _instants),
        st.just('["debounce","b"]'),
    ),
    st.builds(Claim, st.builds(Batched, st.integers(2, 3), st.just(3), st.sampled_from([1, 6_000_000])), st.just("n")),
)
_queueings = st.none() | st.builds(Queueing, _instants, st.sampled_from([None, '["throttle","f"]']), _few(st.just("c")))
_places = st.builds(Place, st.sampled_from(['["throttle","f"]', "q"]), st.none() | _instants, st.integers(0, 9))


def _runs(event_id: str) -> st.SearchStrategy[NewRun]:
    return st.integers(0, 999).flatmap(
        lambda number: st.builds(
            NewRun,
            run_id=st.just(f"r{number:03}"),
            function_id=st.sampled_from(["f", "g"]),
            event_ids=st.sampled_from([(event_id,)] * 4 + [("e-r0", event_id), (), ("nowhere",)]),
            created_at_ms=_instants,
            start_at_ms=_instants,
            claims=st.lists(_claims, max_size=3, unique_by=lambda claim: claim.group).map(tuple),
            parent=st.sampled_from([None, Parent("r0", _KEYS[1])]),
            waiters=_few(_waiters(f"r{number:03}")),
            timers=_few(_timers(f"r{number:03}")),
            queueing=_queueings,
        )
    )


def _new_event(event: StoredEvent, runs: tuple[NewRun, ...], hinges: bool, **more: Any) -> NewEvent:
    return NewEvent(event, runs, hinges_on=runs[-1].run_id if hinges and runs else None, **more)


_new_events = _stored.flatmap(
    lambda event: st.builds(
        _new_event,
        st.just(event),
        _few(_runs(event.event_id)),
        st.sampled_from([False, False, True]),
        keep=st.booleans(),
        occurrence=st.none() | st.tuples(_names, _instants),
    )
)
_checkpoints = _run_ids.flatmap(
    lambda run_id: st.builds(
        lambda waits, **rest: Checkpoint(run_id, 0, timers=waits[0], waiters=waits[1], **rest),
        waits=_waits(run_id),
        records=_few(_records),
        status=st.sampled_from([None, None, None, None, None, *RunStatus]),
        settled=_few(_keys),
        events=_few(_new_events),
        replies=_few(st.tuples(_run_ids, _signals)),
    )
)
_commits = st.builds(Commit, _checkpoints, st.sampled_from([0] * 8 + [1, -1]), st.lists(st.integers(0, 2), max_size=2))
_queries = st.builds(
    PruneQuery,
    before_ms=_instants,
    surplus_runs=st.sampled_from([0, 0, 1, 9]),
    surplus_events=st.sampled_from([0, 0, 1, 9]),
    until_event=st.none() | st.sampled_from(_EVENT_IDS),
    rows=st.integers(1, 9),
)
_calls: st.SearchStrategy[Call] = st.one_of(
    _commits,
    _commits,
    st.builds(Append, st.lists(_new_events, min_size=1, max_size=3)),
    st.builds(Fire, _instants, st.integers(0, 4)),
    st.builds(Tell, _run_ids, _signals),
    st.builds(Meet, st.lists(_names, unique=True), _instants),
    st.builds(Hold, _run_ids, _places),
    st.builds(Pause, st.sampled_from("fg"), st.none() | st.sampled_from(PauseMode)),
    st.builds(Prune, _queries),
    st.just(Reopen()),
)


def _plain(answer: object) -> object:
    """An answer without the numbers of signals: each store counts for itself."""
    match answer:
        case Delivery(_, run_id, signal):
            return run_id, signal
        case Appended(runs, deliveries, dropped, put_off, let_go):
            return runs, _plain(deliveries), dropped, put_off, _plain(let_go)
        case StoredRun():
            return replace(answer, deliveries=()), [_plain(delivery) for delivery in answer.deliveries]
        case tuple():
            return [_plain(item) for item in answer]
        case _:
            return answer


async def _ask(store: Store, call: Call) -> object:
    match call:
        case Append(events):
            return await store.append_events(events)
        case Fire(now_ms, limit):
            return await store.fire_timers(now_ms, limit)
        case Tell(run_id, signal):
            return await store.signal(run_id, signal)
        case Meet(names, now_ms):
            return await store.meet_schedules(names, now_ms)
        case Commit(checkpoint, behind, consumed):
            run = await store.load_run(checkpoint.run_id)
            numbers = [delivery.number for delivery in run.deliveries] if run else []
            first_seq = (len(run.records) if run else 0) + behind
            taken = tuple(numbers[at] for at in consumed if at < len(numbers))
            return await store.commit(replace(checkpoint, first_seq=first_seq, consumed=taken))
        case Hold(run_id, place):
            await store.hold(run_id, place)
            return None
        case Pause(function_id, mode):
            await store.set_pause(function_id, mode)
            return None
        case Prune(query):
            found = await store.find_prunable(query)
            return found, await store.prune(found, query.before_ms)
        case Reopen():
            return None


async def _answer(store: Store, call: Call) -> object:
    try:
        return _plain(await _ask(store, call))
    except StoreError as error:
        return type(error)


async def _describe(store: Store) -> list[object]:
    """All that can be read."""
    described: list[object] = [await store.next_due_ms(), await store.ready_runs(), await store.list_events()]
    described += [await store.count_stored(), await store.load_queue(3), await store.list_put_off(None, 2)]
    queries = (
        RunQuery(limit=1_000),
        RunQuery(function_id="f", status=RunStatus.QUEUED, limit=2),
        RunQuery(before="r1"),
        RunQuery(event_id=_EVENT_IDS[0]),
    )
    described.extend([await store.list_runs(query) for query in queries])
    every = await store.list_runs(RunQuery(limit=1_000))
    described.extend([_plain(await store.load_run(row.run_id)) for row in every])
    return described


async def _find_difference(calls: list[Call], keyring: Keyring | None) -> str | None:
    """What the stores answer differently after the last of these calls that matters."""
    memory = MemoryStore(_matches)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        sqlite = await SqliteStore.open(path, matches=_matches, synchronous="normal", keyring=keyring)
        try:
            for call in [_BEGINNING, *calls]:
                if isinstance(call, Reopen):
                    await sqlite.close()
                    sqlite = await SqliteStore.open(path, matches=_matches, synchronous="normal", keyring=keyring)
                pairs = [(await _answer(memory, call), await _answer(sqlite, call))]
                pairs += zip_longest(await _describe(memory), await _describe(sqlite))
                for expected, found in pairs:
                    if expected != found:
                        return f"reference: {expected}\nSQLite:    {found}"
        finally:
            await sqlite.close()
    return None


def _shorten(calls: list[Call], keyring: Keyring | None) -> list[Call]:
    """Leaves out every call without which the stores still differ. Quicker than shrinking, and short enough to read."""
    for at in reversed(range(len(calls))):
        fewer = calls[:at] + calls[at + 1 :]
        if asyncio.run(_find_difference(fewer, keyring)) is not None:
            calls = fewer
    return calls


_BEGINNING = Append(
    [
        NewEvent(
            StoredEvent(f"e-{run_id}", "a", b'{"id":1}', "sent", 0, 1),
            (NewRun(run_id, "f", (f"e-{run_id}",), 1, 1),),
        )
        for run_id in _RUN_IDS
    ]
)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # ours below is shorter
@settings(max_examples=enough(40), deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.lists(_calls, min_size=20, max_size=40), st.sampled_from([None, Keyring(new_key())]))
def test_sqlite_agrees_with_the_reference(calls: list[Call], keyring: Keyring | None) -> None:
    if asyncio.run(_find_difference(calls, keyring)) is not None:
        short = _shorten(calls, keyring)
        listed = "\n".join(str(call) for call in short)
        pytest.fail(f"after these calls:\n{listed}\n{asyncio.run(_find_difference(short, keyring))}", pytrace=False)
