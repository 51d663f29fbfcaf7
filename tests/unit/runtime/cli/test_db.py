"""`surestep db` on real files."""

import asyncio
import json
import resource
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result

from surestep.cli.main import surestep
from surestep.core.records import RunCompleted, RunStarted, RunStatus
from surestep.engines.waiters import waiter_matches
from surestep.storage.keyring import Keyring, new_key
from surestep.storage.port import Checkpoint, NewEvent, NewRun, StoredEvent
from surestep.storage.sqlite import SqliteStore, migrating
from surestep.storage.sqlite.migrating import LATEST

SCHEMA_1 = Path(__file__).parents[3] / "crash" / "files" / "schema-1.sql"
SECRET = b"4111-1111"


def run(*arguments: object, keys: str | None = None) -> Result:
    environment = {"SURESTEP_KEYS": keys, "SURESTEP_KEYS_FILE": None}
    return CliRunner().invoke(surestep, ["db", *map(str, arguments)], env=environment)


async def _fill(path: Path, keyring: Keyring | None = None) -> None:
    store = await SqliteStore.open(path, matches=waiter_matches, keyring=keyring)
    for number in range(3):
        event_id, run_id = f"e{number}", f"r{number}"
        event = StoredEvent(event_id, "order", b'"' + SECRET + b'"', event_id, 1, 1)
        await store.append_events([NewEvent(event, (NewRun(run_id, "f", (event_id,), 1, 1),))])
    for run_id in ("r0", "r1"):
        await store.commit(Checkpoint(run_id, 0, (RunStarted(1, "c"), RunCompleted(2, b"1")), RunStatus.COMPLETED))
    await store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    asyncio.run(_fill(tmp_path / "store.db"))
    return tmp_path / "store.db"


@pytest.fixture
def held(path: Path) -> Iterator[Path]:
    """The same file, with an engine on it."""
    loop = asyncio.new_event_loop()

    async def open_store() -> SqliteStore:
        return await SqliteStore.open(path, matches=waiter_matches)

    store = loop.run_until_complete(open_store())
    yield path
    loop.run_until_complete(store.close())
    loop.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    connection = apsw.Connection(str(path))
    connection.execute(SCHEMA_1.read_text())
    connection.close()
    return path


def change(path: Path, statement: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statement)
    connection.close()


def test_a_sound_file_is_said_to_be_sound_while_an_engine_has_it(held: Path) -> None:
    checked = run("check", "--store", held)

    assert (checked.exit_code, checked.stdout) == (
        0,
        f"0 faults; 1 live and 2 finished runs, 3 events, schema {LATEST}\n",
    )


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM records WHERE run_id = 'r0' AND seq = 0", "run r0 has 1 records with gaps or surplus, and"),
        ("UPDATE runs SET status = 'failed' WHERE run_id = 'r0'", "run r0 is failed, and its history says completed"),
        ("UPDATE runs SET status = 'waiting' WHERE run_id = 'r0'", "run r0 is waiting, and its history says completed"),
        (
            "UPDATE runs SET status = 'failed' WHERE run_id = 'r2'",
            "run r2 is failed, and its history says that it goes",
        ),
        ("UPDATE records SET kind = 'x' WHERE run_id = 'r0'", "run r0 cannot be read: unknown record 'x'"),
        (
            "INSERT INTO timers VALUES ('r0', '', -1, 'start', 9)",
            "a timer belongs to run r0, which has ended or is gone",
        ),
        (
            "INSERT INTO signals VALUES (9, 'r9', 'k', '[]', x'')",
            "a signal belongs to run r9, which has ended or is gone",
        ),
        ("DELETE FROM events WHERE event_id = 'e1'", "run r1 was started by event e1, which is gone"),
        ("DELETE FROM runs WHERE run_id = 'r1'", "records belong to run r1, which is gone"),
        ("DELETE FROM owner", "there are 0 owners instead of one"),
    ],
)
def test_damage_is_named(path: Path, damage: str, fault: str) -> None:
    change(path, damage)

    checked = run("check", "--store", path, "--json")

    assert checked.exit_code == 1
    assert any(found.startswith(fault) for found in json.loads(checked.stdout)["faults"]), checked.stdout


def test_a_damaged_page_is_told(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)

    checked = run("check", "--store", path)

    assert checked.exit_code in {1, 3}
    assert "Traceback" not in checked.output


def test_a_backup_is_made_while_an_engine_has_the_file(held: Path, tmp_path: Path) -> None:
    made = run("backup", tmp_path / "copy.db", "--store", held, "--json")

    assert made.exit_code == 0
    assert json.loads(made.stdout)["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert run("check", "--store", tmp_path / "copy.db").stdout.startswith("0 faults; 1 live and 2 finished runs")
    again = run("backup", tmp_path / "copy.db", "--store", held)
    assert (again.exit_code, "exists already" in again.stderr) == (3, True)


def test_a_damaged_store_is_not_copied_and_it_is_not_the_copy_that_is_blamed(path: Path, tmp_path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)

    made = run("backup", tmp_path / "copy.db", "--store", path)

    assert (made.exit_code, "damaged" in made.stderr or "faults" in made.stderr) == (3, True), made.stderr
    assert "cannot be written" not in made.stderr
    assert list(tmp_path.glob("copy.db*")) == []


def test_a_backup_for_which_the_disk_has_no_room_says_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise apsw.FullError("not an error")

    monkeypatch.setattr(migrating, "_sync", full)
    made = run("backup", tmp_path / "copy.db", "--store", path)

    assert (made.exit_code, f"{tmp_path / 'copy.db'} cannot be written: the disk is full" in made.stderr) == (3, True)
    assert list(tmp_path.glob("copy.db*")) == []


def test_a_backup_that_cannot_be_written_is_named_and_leaves_nothing(path: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))  # as if the disk were full
    try:
        full = run("backup", tmp_path / "copy.db", "--store", path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    nowhere = run("backup", tmp_path / "nowhere" / "copy.db", "--store", path)

    assert [full.exit_code, nowhere.exit_code] == [3, 3]
    assert "copy.db cannot be written" in full.stderr
    assert "copy.db cannot be written" in nowhere.stderr
    assert sorted(found.name for found in tmp_path.iterdir()) == ["store.db", "store.db.lock"]


def test_pruning_leaves_what_lives(path: Path) -> None:
    asked = run("prune", "--store", path, "--dry-run", "--json")
    assert json.loads(asked.stdout) == {"finished_runs": 2, "events": 0, "dry_run": True}

    assert run("prune", "--store", path).stdout == "2 finished runs and 2 events deleted\n"
    assert run("check", "--store", path).stdout.startswith("0 faults; 1 live and 0 finished runs, 1 events")


def test_what_is_kept_can_be_said(path: Path) -> None:
    kept = run("prune", "--store", path, "--older-than", "100000d", "--keep-runs", "1")

    assert kept.stdout == "1 finished runs and 0 events deleted\n"
    assert run("prune", "--store", path, "--older-than", "soon").exit_code == 2


def test_an_engine_s_file_is_looked_at_and_not_pruned(held: Path) -> None:
    assert run("prune", "--store", held, "--dry-run").exit_code == 0
    for command in ("prune", "migrate", "rotate"):
        refused = run(command, "--store", held, keys=new_key())
        assert refused.exit_code == 3
        assert "is in use by process" in refused.stderr


def test_an_older_file_is_migrated_after_a_backup(old: Path, tmp_path: Path) -> None:
    refused = run("check", "--store", old)
    assert (refused.exit_code, "surestep db migrate" in refused.stderr) == (3, True)

    assert json.loads(run("migrate", "--store", old, "--backup", tmp_path / "b.db", "--json").stdout) == {
        "from": 1,
        "to": LATEST,
    }

    assert apsw.Connection(str(tmp_path / "b.db")).pragma("user_version") == 1
    assert run("check", "--store", old).stdout.startswith("0 faults; 5 live and 1 finished runs")
    assert run("migrate", "--store", old).stdout == f"{old} is up to date\n"


def test_a_plain_store_is_sealed_and_a_key_is_changed(path: Path) -> None:
    first, second = new_key(), new_key()
    assert SECRET in path.read_bytes()

    assert run("rotate", "--store", path, keys=first).exit_code == 0
    assert SECRET not in path.read_bytes()
    unread = run("check", "--store", path)
    assert (unread.exit_code, "sealed and a key is missing" in unread.stderr) == (0, True)

    assert "is not given" in run("rotate", "--store", path, keys=second).stderr
    assert run("rotate", "--store", path, keys=f"{second},{first}").exit_code == 0
    assert run("check", "--store", path, "--json", keys=second).exit_code == 0
    assert "which is not given" in run("check", "--store", path, keys=first).stdout


def test_a_wrong_key_is_told_once_by_check(path: Path) -> None:
    right = new_key()
    run("rotate", "--store", path, keys=right)

    wrong = run("check", "--store", path, keys=new_key())

    assert wrong.exit_code == 1
    fault, count = wrong.stdout.splitlines()
    assert fault == f"there are values sealed with key {Keyring(right).first_id}, which is not given"
    assert count.startswith("1 faults; ")


def test_a_new_key_can_be_used(path: Path) -> None:
    assert run("rotate", "--store", path, keys=run("new-key").stdout.strip()).exit_code == 0
    assert run("rotate", "--store", path).stderr.startswith("error: no keys are given")


@pytest.mark.parametrize("command", [["check"], ["prune"], ["migrate"], ["backup", "x.db"]])
def test_a_file_that_is_not_there_or_no_store_is_named(tmp_path: Path, command: list[str]) -> None:
    missing = run(*command, "--store", tmp_path / "missing.db")
    assert (missing.exit_code, "there is no store at" in missing.stderr) == (3, True)
    assert not (tmp_path / "missing.db").exists()

    (tmp_path / "letter.txt").write_bytes(b"Dear diary, " * 1_000)
    letter = run(*command, "--store", tmp_path / "letter.txt")
    assert (letter.exit_code, "is not a database" in letter.stderr) == (3, True)
