import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from surestep.core.policies.order import Claim
from surestep.core.policies.rate_limit import Window
from surestep.errors import ConfigurationError, StoreError
from surestep.storage.port import NewEvent, NewRun, StoredEvent
from surestep.storage.sqlite import SqliteStore
from surestep.storage.sqlite.migrating import LATEST
from surestep.storage.sqlite.ownership import release_lock, take_lock


async def _open(path: Path | str) -> SqliteStore:
    return await SqliteStore.open(path, matches=lambda *_: True)


def _event(event_id: str) -> list[NewEvent]:
    return [NewEvent(StoredEvent(event_id, "a", b"{}", event_id, 1, 1))]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await _open(tmp_path / "store.db")
    yield opened
    await opened.close()


async def test_missing_directories_are_made_and_a_closed_store_is_one_file_and_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    store = await _open(str(folder / "store.db"))
    await store.append_events(_event("e1"))
    await store.close()

    assert _names(folder) == ["store.db", "store.db.lock"]


async def test_the_file_is_set_up_to_survive_power_loss(store: SqliteStore) -> None:
    writing = store._connections[0]

    assert (writing.pragma("journal_mode"), writing.pragma("synchronous")) == ("wal", 2)


async def test_safety_can_be_traded_for_speed(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "store.db", matches=lambda *_: True, synchronous="normal")

    assert store._connections[0].pragma("synchronous") == 1
    await store.close()


async def test_statements_are_compiled_once_whatever_is_bound_to_them(store: SqliteStore) -> None:
    compiled: list[object] = []

    def asked_at_compilation(*asked: object) -> int:
        compiled.append(asked)
        return apsw.SQLITE_OK

    async def admit(number: int) -> None:
        claim = Claim(Window("rate_limit", 1, 10), f"group {number}")
        run = NewRun(f"r{number}", "f", (f"e{number}",), number, number, claims=(claim,))
        await store.append_events([NewEvent(StoredEvent(f"e{number}", "a", b"{}", "", number, number), (run,))])
        await store.load_run(f"r{number}")

    for connection in store._connections:
        connection.authorizer = asked_at_compilation
    await admit(1)
    await admit(2)
    assert compiled
    compiled.clear()

    await admit(3)

    assert compiled == []


async def test_a_second_owner_is_told_who_the_first_is(store: SqliteStore, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"store\.db is in use by process {os.getpid()} on .+ since 20"
    ) as caught:
        await _open(tmp_path / "store.db")

    assert caught.value.hint is not None
    await store.append_events(_event("e1"))


async def test_an_owner_in_another_process_is_named(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from surestep.storage.sqlite import SqliteStore\n"
        "async def main():\n"
        "    store = await SqliteStore.open(sys.argv[1], matches=lambda *_: True)\n"
        "    print('open', flush=True)\n"
        "    sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    path = tmp_path / "store.db"
    process = await create_subprocess_exec(sys.executable, "-c", program, path, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    with pytest.raises(ConfigurationError, match=f"in use by process {process.pid} "):
        await _open(path)
    process.kill()
    await process.communicate()

    await (await _open(path)).close()


async def test_an_owner_that_has_not_said_its_name_is_still_an_owner(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").write_text("")

    with pytest.raises(ConfigurationError, match="in use by another process"):
        await _open(tmp_path / "store.db")


async def test_a_lock_left_by_a_process_that_died_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").write_text(json.dumps({"pid": 1, "host": "a", "since": "b"}))

    await (await _open(tmp_path / "store.db")).close()


async def test_a_writer_that_lost_the_file_is_refused(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").unlink()
    thief = await _open(tmp_path / "store.db")

    with pytest.raises(StoreError, match="taken over"):
        await store.append_events(_event("e1"))

    await thief.append_events(_event("e2"))
    assert [event.event_id for event in await thief.list_events()] == ["e2"]
    await thief.close()


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    await (await _open(tmp_path / "store.db")).close()
    connection = apsw.Connection(str(tmp_path / "store.db"))
    connection.pragma("user_version", 99)
    connection.close()

    with pytest.raises(ConfigurationError, match=rf"newer version .*schema 99, known up to {LATEST}"):
        await _open(tmp_path / "store.db")


@pytest.mark.parametrize("version", [0, 1])
async def test_the_database_of_another_program_is_left_alone(tmp_path: Path, version: int) -> None:
    connection = apsw.Connection(str(tmp_path / "store.db"))
    connection.execute("CREATE TABLE accounts (id)")
    connection.pragma("user_version", version)
    connection.close()
    before = (tmp_path / "store.db").read_bytes()

    with pytest.raises(ConfigurationError, match="another program"):
        await _open(tmp_path / "store.db")

    assert (tmp_path / "store.db").read_bytes() == before


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"Dear diary, " * 1_000)

    with pytest.raises(ConfigurationError, match=r"store\.db is not a database"):
        await _open(tmp_path / "store.db")

    assert (tmp_path / "store.db").read_bytes() == b"Dear diary, " * 1_000


async def test_a_file_that_another_program_has_locked_is_named(tmp_path: Path) -> None:
    await (await _open(tmp_path / "store.db")).close()
    stranger = apsw.Connection(str(tmp_path / "store.db"))
    stranger.execute("BEGIN IMMEDIATE")

    with pytest.raises(ConfigurationError, match=r"store\.db is locked by another program"):
        await _open(tmp_path / "store.db")
    stranger.close()


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"")

    await (await _open(tmp_path / "store.db")).close()


async def test_a_place_where_no_file_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()

    for place in (tmp_path / "file" / "store.db", tmp_path / "folder", Path("/proc/store.db")):
        with pytest.raises(ConfigurationError, match=str(place)) as caught:
            await _open(place)
        assert caught.value.hint is not None


async def test_a_store_that_could_not_be_opened_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(ConfigurationError):
        await _open(path)
    path.unlink()

    await (await _open(path)).close()


async def test_a_link_to_the_file_leads_to_the_same_lock(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("store.db")
    (tmp_path / "elsewhere").symlink_to(tmp_path)

    for path in (tmp_path / "link.db", tmp_path / "elsewhere" / "store.db"):
        with pytest.raises(ConfigurationError, match=r"store\.db is in use by process"):
            await _open(path)


async def test_a_file_with_a_second_name_is_refused(tmp_path: Path) -> None:
    await (await _open(tmp_path / "store.db")).close()
    os.link(tmp_path / "store.db", tmp_path / "twin.db")

    for path in (tmp_path / "store.db", tmp_path / "twin.db"):
        with pytest.raises(ConfigurationError, match="has a second name"):
            await _open(path)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
async def test_a_place_without_locks_is_named(tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(ConfigurationError, match=r"lies where files cannot be locked") as caught:
        await _open(tmp_path / "store.db")
    assert caught.value.hint == "put the store on a local disk"


async def test_an_engine_whose_file_is_replaced_writes_no_more(store: SqliteStore, tmp_path: Path) -> None:
    await store.append_events(_event("e1"))
    (tmp_path / "store.db").rename(tmp_path / "moved.db")

    for _ in range(2):
        with pytest.raises(StoreError, match="was moved or replaced while in use"):
            await store.append_events(_event("e2"))
        (tmp_path / "store.db").write_bytes(b"a backup, put back under a running engine")


@contextmanager
def _as_nobody() -> Iterator[Path]:
    """A directory of a user who may not do everything, and that user's rights."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


async def test_a_file_or_directory_that_may_not_be_written_is_named() -> None:
    with _as_nobody() as folder:
        path = folder / "store.db"
        await (await _open(path)).close()
        for locked, mode, back in ((path, 0o400, 0o600), (folder, 0o500, 0o700)):
            locked.chmod(mode)
            with pytest.raises(ConfigurationError, match=r"store\.db cannot be opened for writing") as caught:
                await _open(path)
            assert caught.value.hint is not None
            locked.chmod(back)
        await (await _open(path)).close()


HOLDS_AND_FORKS = """
import os, sys, time
from pathlib import Path
from surestep.storage.sqlite.ownership import take_lock
take_lock(Path(sys.argv[1]))
if os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
time.sleep(60)
"""


def test_a_fork_that_outlives_the_owner_does_not_hold_the_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_AND_FORKS, str(tmp_path / "store.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.wait()
        try:
            release_lock(take_lock(tmp_path / "store.db"))
        finally:
            os.kill(child, signal.SIGKILL)


async def test_a_directory_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Is a directory"):
        await _open(tmp_path)
