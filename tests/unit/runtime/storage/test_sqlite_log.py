"""SQLite's log is longer than what it holds, and never in the way."""

import os
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from surestep.storage.port import NewEvent, StoredEvent
from surestep.storage.sqlite import SqliteStore


def events(count: int, size: int = 2) -> list[NewEvent]:
    data = random.Random(1).randbytes(size // 2).hex().encode()  # twice as short when compressed, no shorter
    return [NewEvent(StoredEvent(f"e{at:04}", "a", data, f"e{at:04}", 1, 1), keep=True) for at in range(count)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "store.db", matches=lambda *_: True)
    yield opened
    await opened.close()


async def test_most_writes_leave_its_size_alone(store: SqliteStore, tmp_path: Path) -> None:
    sizes = set()
    for event in events(300):
        await store.append_events([event])
        sizes.add((tmp_path / "store.db-wal").stat().st_size)

    assert len(sizes) < 12


async def test_what_is_in_it_is_found_after_a_crash_whatever_follows(store: SqliteStore, tmp_path: Path) -> None:
    for event in events(100):
        await store.append_events([event])
    (tmp_path / "crashed").mkdir()
    for name in ("store.db", "store.db-wal"):
        shutil.copy(tmp_path / name, tmp_path / "crashed" / name)
    assert (tmp_path / "crashed/store.db-wal").read_bytes().endswith(bytes(4_120))

    found = await SqliteStore.open(tmp_path / "crashed/store.db", matches=lambda *_: True)
    assert len(await found.list_events(limit=200)) == 100
    await found.close()


async def test_it_grows_as_it_is_used_where_it_cannot_be_made_longer(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", is_full)
    for event in events(50):
        await store.append_events([event])
    assert len(await store.list_events(limit=100)) == 50


async def test_it_is_copied_into_the_file_when_it_is_long(store: SqliteStore, tmp_path: Path) -> None:
    for event in events(40, 1_000_000):
        await store.append_events([event])

    assert (tmp_path / "store.db").stat().st_size > 12 * 1024 * 1024
    assert (tmp_path / "store.db-wal").stat().st_size < 24 * 1024 * 1024
