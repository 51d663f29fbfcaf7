import asyncio
import threading
from contextvars import copy_context
from pathlib import Path

import apsw
import pytest
from typing_extensions import override

from surestep.errors import StoreError
from surestep.storage.sqlite.opening import connect, prepare_writing
from surestep.storage.sqlite.writer import Writer


class Disk(apsw.Connection):
    """A connection whose commits end when the test says so."""

    is_quiet = threading.Event()
    committed = 0

    @override
    def execute(self, statements: str, *more: object, **options: object) -> apsw.Cursor:
        if statements == "COMMIT":
            assert self.is_quiet.wait(180), "the event loop waits for the disk"
            self.committed += 1
        return super().execute(statements, *more, **options)  # type: ignore[arg-type]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    path = tmp_path / "store.db"
    prepared = connect(path)
    prepare_writing(prepared, path, "full")
    prepared.execute("CREATE TABLE seen (what)")
    prepared.close()
    disk = Disk(str(path))
    disk.is_quiet = threading.Event()
    return disk


async def test_the_loop_goes_on_while_the_disk_is_slow(disk: Disk) -> None:
    writer = Writer(disk, Path(disk.filename))
    first = writer.submit(lambda: "first")
    for _ in range(5):
        await asyncio.sleep(0.001)
    assert not first.is_done

    disk.is_quiet.set()

    assert await first == "first"
    await writer.close()


async def test_what_waits_for_the_disk_shares_the_next_commit(disk: Disk) -> None:
    writer = Writer(disk, Path(disk.filename))
    first = writer.submit(lambda: -1)
    await asyncio.sleep(0.001)
    later = [writer.submit(lambda number=number: number) for number in range(100)]  # type: ignore[misc]
    await asyncio.sleep(0.001)

    disk.is_quiet.set()

    assert await asyncio.gather(first, *later) == list(range(-1, 100))
    assert disk.committed == 2
    await writer.close()


async def test_a_write_that_fails_is_undone_and_the_others_are_done_again(disk: Disk) -> None:
    disk.is_quiet.set()
    writer = Writer(disk, Path(disk.filename))

    def write(what: str) -> str:
        disk.execute("INSERT INTO seen VALUES (?)", (what,))
        if what == "bad":
            raise ValueError(what)
        return what

    writes = [writer.submit(lambda what=what: write(what)) for what in ("a", "bad", "b")]  # type: ignore[misc]
    answers = await asyncio.gather(*writes, return_exceptions=True)

    assert [str(answer) for answer in answers] == ["a", "bad", "b"]
    assert isinstance(answers[1], ValueError)
    assert disk.execute("SELECT what FROM seen").fetchall() == [("a",), ("b",)]
    assert disk.committed == 2
    await writer.close()


async def test_a_disk_that_fails_while_undoing_leaves_nobody_without_an_answer(disk: Disk) -> None:
    disk.is_quiet.set()
    writer = Writer(disk, Path(disk.filename))

    def close_under_the_writer() -> None:
        disk.close()

    with pytest.raises((StoreError, apsw.Error)):
        await writer.submit(close_under_the_writer)
    with pytest.raises((StoreError, apsw.Error)):
        await writer.submit(lambda: None)
    await writer.close()


async def test_who_is_told_may_break_off_and_the_others_are_told_all_the_same(disk: Disk) -> None:
    disk.is_quiet.set()
    writer = Writer(disk, Path(disk.filename))

    def break_off(_result: object, _error: object) -> None:
        raise OSError("as Ctrl-C would")

    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unheard.append(context["exception"]))
    writer.submit(lambda: "first").listen(break_off, copy_context())
    others = [writer.submit(lambda number=number: number) for number in range(3)]  # type: ignore[misc]

    assert await asyncio.gather(*others) == [0, 1, 2]
    assert [str(error) for error in unheard] == ["as Ctrl-C would"]
    await writer.close()
