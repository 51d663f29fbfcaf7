import asyncio
from contextvars import ContextVar, copy_context

import pytest

from surestep.storage.answer import Answer

WHERE: ContextVar[str] = ContextVar("where", default="here")


async def test_who_listens_is_told_at_once_in_a_context() -> None:
    told: list[object] = []
    answer: Answer[int] = Answer()
    token = WHERE.set("there")
    answer.listen(lambda result, error: told.append((result, error, WHERE.get())), copy_context())
    WHERE.reset(token)

    answer.settle(7, None)

    assert told == [(7, None, "there")]


async def test_who_listens_too_late_is_told_soon() -> None:
    told: list[object] = []
    answer: Answer[int] = Answer()
    answer.settle(7, None)
    answer.listen(lambda result, error: told.append((result, error)), copy_context())
    assert told == []

    await asyncio.sleep(0)

    assert told == [(7, None)]


async def test_it_can_be_awaited_before_and_after_it_is_there() -> None:
    answer: Answer[int] = Answer()
    waiting = asyncio.ensure_future(answer)
    await asyncio.sleep(0)
    answer.settle(7, None)

    assert (await waiting, await answer, answer.is_done) == (7, 7, True)


async def test_an_error_is_raised_where_it_is_awaited() -> None:
    answer: Answer[int] = Answer()
    answer.settle(None, ValueError("no"))

    with pytest.raises(ValueError, match="no"):
        await answer


async def test_whoever_stopped_waiting_is_left_alone() -> None:
    answer: Answer[int] = Answer()
    waiting = asyncio.ensure_future(answer)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)

    answer.settle(7, None)

    assert waiting.cancelled()


async def test_an_awaitable_gives_its_result_or_its_error() -> None:
    async def work(result: int) -> int:
        if result < 0:
            raise ValueError("negative")
        return result

    assert await Answer.of(work(7)) == 7
    with pytest.raises(ValueError, match="negative"):
        await Answer.of(work(-1))
