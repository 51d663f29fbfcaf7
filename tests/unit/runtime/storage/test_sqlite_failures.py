import asyncio
import random
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import apsw
import pytest

from surestep.core.signals import TimerDue, TimerPurpose
from surestep.errors import StoreError
from surestep.storage.port import NewEvent, NewRun, StoredEvent
from surestep.storage.sqlite import SqliteStore


async def _open(path: Path) -> SqliteStore:
    return await SqliteStore.open(path, matches=lambda *_: True)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await _open(tmp_path / "store.db")
    yield opened
    await opened.close()


def _event(event_id: str, size: int = 2) -> list[NewEvent]:
    data = random.Random(1).randbytes(size // 2).hex().encode()  # twice as short when compressed, no shorter
    return [NewEvent(StoredEvent(event_id, "a", data, event_id, 1, 1))]


async def test_a_run_that_is_damaged_does_not_keep_others_from_beginning(store: SqliteStore) -> None:
    for number in (1, 2):
        [new] = _event(f"e{number}")
        await store.append_events([replace(new, runs=(NewRun(f"r{number}", "f", (f"e{number}",), 1, 5),))])
    store._connections[0].execute("UPDATE events SET data = x'0100' WHERE event_id = 'e1'")

    fired = await store.fire_timers(5, 9)

    assert [stored.row.run_id for stored in fired.let_go] == ["r2"]
    assert [(told.run_id, told.signal) for told in fired.deliveries] == [("r1", TimerDue(TimerPurpose.START))]
    assert await store.ready_runs() == ("r1", "r2")
    with pytest.raises(StoreError, match="event e1 is damaged"):
        await store.load_run("r1")


async def _ids(store: SqliteStore) -> list[str]:
    return [event.event_id for event in await store.list_events(limit=1_000)]


Full: TypeAlias = Callable[[SqliteStore], AbstractContextManager[None]]


@contextmanager
def _full_database(store: SqliteStore) -> Iterator[None]:
    writing = store._connections[0]
    unlimited = writing.pragma("max_page_count")
    writing.pragma("max_page_count", writing.pragma("page_count"))
    yield
    writing.pragma("max_page_count", unlimited)


@contextmanager
def _full_disk(_: SqliteStore) -> Iterator[None]:
    """The system refuses every file that would grow beyond 300 KB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("full", [_full_database, _full_disk])
async def test_without_space_writes_are_refused_and_later_go_on(store: SqliteStore, full: Full) -> None:
    await store.append_events(_event("e1"))

    with full(store):
        for size in (1_000_000, 2_000_000):
            with pytest.raises(StoreError, match=r"store\.db cannot .+ nothing confirmed is lost"):
                await store.append_events(_event("e2", size))
        assert await _ids(store) == ["e1"]
    await store.append_events(_event("e2", 1_000_000))

    assert await _ids(store) == ["e2", "e1"]
    assert store._connections[0].pragma("integrity_check") == "ok"


async def test_a_write_that_does_not_fit_does_not_fail_those_beside_it(store: SqliteStore) -> None:
    writes = [_event("e1"), _event("e2", 1_000_000), _event("e3")]
    writing = store._connections[0]
    writing.pragma("max_page_count", writing.pragma("page_count") + 20)

    answers = await asyncio.gather(*(store.append_events(write) for write in writes), return_exceptions=True)

    assert [isinstance(answer, StoreError) for answer in answers] == [False, True, False]
    assert await _ids(store) == ["e3", "e1"]


async def test_when_the_disk_fails_at_the_commit_all_callers_are_told(store: SqliteStore) -> None:
    with _full_disk(store):
        writes = [store.append_events(_event(f"e{number}", 50_000)) for number in range(20)]
        answers = await asyncio.gather(*writes, return_exceptions=True)

    assert {type(answer) for answer in answers} == {StoreError}
    assert await _ids(store) == []


async def test_an_error_of_the_caller_s_own_reaches_the_caller(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db")
    bad = NewEvent(StoredEvent("e1", "\ud800", b"{}", "e1", 1, 1))

    answers = await asyncio.gather(
        store.append_events([bad]), store.append_events(_event("e2")), return_exceptions=True
    )

    assert isinstance(answers[0], UnicodeEncodeError)
    assert await _ids(store) == ["e2"]
    await store.close()


async def test_damage_that_shows_while_reading_is_named(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = await _open(path)
    await store.append_events([new for number in range(500) for new in _event(f"e{number:03}", 500)])
    await store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 20 :] = b"\xff" * (len(content) - 4096 * 20)
    path.write_bytes(content)
    store = await _open(path)

    with pytest.raises(StoreError, match=r"store\.db is damaged"):
        await store.list_events(limit=1_000)
    await store.close()


async def test_a_program_that_keeps_the_file_locked_is_an_error_not_a_wait_for_ever(
    store: SqliteStore, tmp_path: Path
) -> None:
    store._connections[0].set_busy_timeout(1)
    stranger = apsw.Connection(str(tmp_path / "store.db"))
    stranger.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="locked by another program"):
        await store.append_events(_event("e1"))

    stranger.execute("ROLLBACK")
    stranger.close()
    await store.append_events(_event("e1"))
