"""With keys nothing that was sent or returned can be read in the files of a store."""

from pathlib import Path

import apsw
import pytest

from surestep.core.commands import StepKey
from surestep.core.outcomes import Success
from surestep.core.records import RunStarted, RunStatus, StepAttemptFailed, StepSucceeded
from surestep.core.signals import ChildEnded, TimerPurpose
from surestep.errors import ConfigurationError, ErrorInfo, StoreError
from surestep.storage.keyring import Keyring, new_key
from surestep.storage.port import Checkpoint, NewEvent, NewRun, NewTimer, NewWaiter, RunQuery, StoredEvent
from surestep.storage.sqlite import SqliteStore

OLD, NEW = new_key(), new_key()
SECRET = b"4111-1111"
KEY = StepKey("pay")


async def _open(path: Path, *keys: str) -> SqliteStore:
    return await SqliteStore.open(path, matches=lambda *_: True, keyring=Keyring(*keys) if keys else None)


async def _fill(store: SqliteStore) -> None:
    """A secret in every place that payloads are stored in."""
    data = b'{"card":"' + SECRET + b'","order":"o-1"}'
    event = StoredEvent("e1", "order", data, "e1", 1, 1)
    await store.append_events([NewEvent(event, (NewRun("r1", "f", ("e1",), 1, 1),))])
    failed = StepAttemptFailed(1, 0, KEY, "f1", 0, 1, ErrorInfo("ValueError", SECRET.decode(), SECRET.decode()), 9)
    records = (RunStarted(1, "c"), StepSucceeded(1, 0, KEY, "run", "f1", 1, 1, data), failed)
    waiters = (
        NewWaiter("r1", KEY, "payment", match_path="data.order", match_value='"o-1"'),
        NewWaiter("r1", None, "withdrawal", condition="true", trigger=data),
    )
    timers = (NewTimer("r1", TimerPurpose.SLEEP, 99),)
    await store.commit(Checkpoint("r1", 0, records, RunStatus.WAITING, waiters=waiters, timers=timers))
    await store.signal("r1", ChildEnded(KEY, Success(data)))


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_no_byte_of_a_secret_is_in_the_file_or_its_log(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db", NEW)
    await _fill(store)
    assert SECRET not in _bytes(tmp_path)
    await store.close()

    assert SECRET not in _bytes(tmp_path)
    store = await _open(tmp_path / "store.db", NEW)
    run = await store.load_run("r1")
    assert run is not None
    assert SECRET in run.events[0].data
    assert SECRET in run.records[1].value  # type: ignore[union-attr]
    await store.close()


async def test_without_keys_the_same_test_finds_it(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db")
    await _fill(store)

    assert SECRET in _bytes(tmp_path)
    await store.close()


async def test_a_wait_matches_on_what_is_sealed(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db", NEW)
    await _fill(store)

    others, ours = b'{"order":"o-2"}', b'{"order":"o-1","card":"4222"}'
    first = await store.append_events([NewEvent(StoredEvent("e2", "payment", others, "e2", 2, 2))])
    second = await store.append_events([NewEvent(StoredEvent("e3", "payment", ours, "e3", 3, 3))])

    assert (len(first.deliveries), len(second.deliveries)) == (0, 1)
    await store.close()


async def test_a_wrong_or_missing_key_is_told_when_the_store_is_opened(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db", OLD)
    await _fill(store)
    await store.close()

    for keys in ((), (NEW,)):
        with pytest.raises(ConfigurationError, match=f"sealed with key {Keyring(OLD).first_id}, which is not given"):
            await _open(tmp_path / "store.db", *keys)
    await (await _open(tmp_path / "store.db", OLD)).close()


async def test_after_a_change_of_keys_old_and_new_values_can_be_read(tmp_path: Path) -> None:
    store = await _open(tmp_path / "store.db", OLD)
    await _fill(store)
    await store.close()
    store = await _open(tmp_path / "store.db", NEW, OLD)
    await store.append_events([NewEvent(StoredEvent("e2", "order", b'"new"', "e2", 1, 1))])

    assert [SECRET in event.data for event in await store.list_events()] == [False, True]
    await store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET data = CAST(substr(data, 1, length(data) - 1) AS BLOB)",
        "UPDATE records SET value = (SELECT value FROM records WHERE seq = 1) WHERE seq = 2",
        "UPDATE records SET run_id = 'r2'; UPDATE runs SET run_id = 'r2'",
        "UPDATE signals SET value = (SELECT value FROM records WHERE seq = 1)",
    ],
)
async def test_what_was_altered_or_moved_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "store.db"
    store = await _open(path, NEW)
    await _fill(store)
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute(change)
    connection.close()

    store = await _open(path, NEW)
    (run,) = await store.list_runs(RunQuery())
    with pytest.raises(StoreError, match="its seal is broken"):
        await store.load_run(run.run_id)
    await store.close()
