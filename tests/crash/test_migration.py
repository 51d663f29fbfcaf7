"""A file of an older version: nothing of it is lost, and dying meanwhile leaves the old schema or the new one."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from tests.behaviour.conftest import START_MS, Paid, Placed, Withdrawn, handles

from surestep import Context, Step
from surestep.core.records import RunStatus
from surestep.engines.waiters import waiter_matches
from surestep.errors import ConfigurationError
from surestep.storage.sqlite import SqliteStore
from surestep.storage.sqlite.migrating import LATEST, backup_path, migrate
from surestep.testing import Bench, InlineRegistry, VirtualClock
from surestep_dsl.flow import Backoff, CancelOn, Retries

SCHEMA_1 = Path(__file__).parent / "files" / "schema-1.sql"
"""Written by the first version: three runs of each of two orders, one of them completed."""

DIES = """
import os, signal, sys
from pathlib import Path
from surestep.storage.sqlite.migrating import migrate, read_version
from surestep.storage.sqlite.opening import connect
path, dies_at, looks = Path(sys.argv[1]), int(sys.argv[2]), 0
connection = connect(path)
def look():
    global looks
    looks += 1
    if looks == dies_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return False
connection.set_progress_handler(look, 1)
migrate(connection, read_version(connection, path))
connection.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    old = tmp_path / "store.db"
    connection = apsw.Connection(str(old))
    connection.execute(SCHEMA_1.read_text())
    connection.pragma("journal_mode", "wal")
    connection.close()
    return old


async def charge(order_id: str) -> dict[str, int]:
    raise AssertionError("a finished step runs again")


async def flaky() -> str:
    return "the bank is open"


@handles(Placed, result=str)
async def order(ctx: Context[Placed], step: Step) -> str:
    await step.run("charge", charge, ctx.event.data.order_id)
    paid = await step.wait_for_event("payment", Paid, timeout="1h", match="data.order_id")
    return "paid" if paid else "unpaid"


@handles(Placed, cancel_on=(CancelOn("order/withdrawn"),), result=str)
async def sleeper(ctx: Context[Placed], step: Step) -> str:
    await step.sleep("nap", "1d")
    return "rested"


@handles(Placed, retries=Retries(3, Backoff(3_600_000, factor=1, jitter_ms=0)))
async def retrier(ctx: Context[Placed], step: Step) -> None:
    await step.run("flaky", flaky)


async def _finish(path: Path, **how: object) -> dict[tuple[str, str], RunStatus]:
    store = await SqliteStore.open(path, matches=waiter_matches, **how)  # type: ignore[arg-type]
    clock = VirtualClock(START_MS + 20_000)
    registry = InlineRegistry("shop", (Placed, Paid, Withdrawn), [order, sleeper, retrier])
    async with Bench(registry, store=store, clock=clock) as bench:
        await bench.finish("2d")
        return {(run.run.function_id, run.events[0].id): run.run.status for run in await bench.runs()}


ENDS = {(name, which): RunStatus.COMPLETED for name in ("order", "sleeper", "retrier") for which in ("first", "second")}


def test_an_older_file_is_left_alone_unless_asked(path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match=f"has schema 1, and this version of surestep needs {LATEST}") as told:
        asyncio.run(_finish(path))

    assert "surestep db migrate" in (told.value.hint or "")
    assert path.read_bytes() == before


async def test_after_a_migration_every_run_goes_on_and_the_backup_is_the_file_of_before(path: Path) -> None:
    assert await _finish(path, upgrade="backup") == ENDS

    backup = backup_path(path)
    assert apsw.Connection(str(backup)).pragma("user_version") == 1
    assert await _finish(path) == ENDS
    backup.rename(path.with_name("other.db"))
    assert await _finish(path.with_name("other.db"), upgrade="backup") == ENDS


def test_dying_in_the_middle_leaves_the_old_schema_or_the_new_one(path: Path, tmp_path: Path) -> None:
    seen = set()
    for dies_at in (1, 2, 5, *range(10, 400, 30), 100_000):
        copy = tmp_path / f"{dies_at}.db"
        copy.write_bytes(path.read_bytes())
        ended = subprocess.run([sys.executable, "-c", DIES, copy, str(dies_at)], check=False)
        connection = apsw.Connection(str(copy))
        version = connection.pragma("user_version")
        seen.add((ended.returncode, version))
        tables = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'keys'").get
        assert tables == (version > 1)
        assert connection.pragma("integrity_check") == "ok"
        connection.close()
        assert asyncio.run(_finish(copy, upgrade="backup")) == ENDS
    assert {(-signal.SIGKILL, 1), (0, LATEST)} <= seen


def test_a_script_that_fails_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = ("", "CREATE TABLE half (a); SELECT missing FROM nowhere;")
    monkeypatch.setattr("surestep.storage.sqlite.migrating._SCRIPTS", scripts)
    connection = apsw.Connection(str(path))

    with pytest.raises(apsw.SQLError):
        migrate(connection, 1)

    assert connection.pragma("user_version") == 1
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").get == 0
