import asyncio

import apsw
import pytest
from typing_extensions import override

from surestep.storage.sqlite.committer import Committer


class Connection:
    """Fails as it is told."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def execute(self, statement: str) -> None:
        assert statement == "COMMIT"
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize("error", [None, apsw.BusyError("busy"), MemoryError("no room")])
async def test_the_end_of_a_commit_is_told_whatever_it_is(error: Exception | None) -> None:
    committer = Committer(Connection(error), lambda _: None)  # type: ignore[arg-type]
    try:
        for number in (1, 2, 3):
            assert committer.begin() == number
            assert committer.wait(180)
            assert committer.error is error
    finally:
        committer.close()


async def test_the_loop_is_woken_for_a_commit_it_no_longer_waits_for() -> None:
    woken: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    hang = asyncio.Event()

    class Slow(Connection):
        @override
        def execute(self, statement: str) -> None:
            asyncio.run_coroutine_threadsafe(hang.wait(), loop).result()

    loop = asyncio.get_running_loop()
    committer = Committer(Slow(None), woken.set_result)  # type: ignore[arg-type]
    try:
        number = committer.begin()
        await asyncio.sleep(0)
        assert not committer.wait(0)
        loop.call_later(0.01, hang.set)
        assert await asyncio.wait_for(woken, 180) == number
        assert committer.wait(180)
    finally:
        committer.close()
