import asyncio
import threading

import pytest

from surestep.engines.threads import BodyThreads, Call


async def give_up(threads: BodyThreads, call: Call) -> None:
    """As a timeout does."""
    call.ended.cancel()
    threads.leave(call, "step 'stuck'")


async def test_bodies_beyond_the_limit_wait_for_a_thread() -> None:
    threads, released = BodyThreads(limit=1), threading.Event()
    first = await threads.begin(released.wait)
    second = asyncio.create_task(threads.begin(threading.get_ident))
    await asyncio.sleep(0)
    assert not second.done()
    released.set()
    assert (await first.ended) == (True, None)
    assert (await (await second).ended)[1] is None
    threads.close()


async def test_a_stuck_body_is_told_and_another_thread_takes_its_place(caplog: pytest.LogCaptureFixture) -> None:
    threads, released = BodyThreads(limit=1, stuck_limit=1), threading.Event()
    await give_up(threads, await threads.begin(released.wait))
    assert (await (await threads.begin(int)).ended) == (0, None)
    (message,) = caplog.messages
    assert message == (
        "the body of step 'stuck' goes on in its thread after its timeout, 1 of 1 such bodies (STUCK_BODIES); "
        "give what it waits for a timeout of its own"
    )
    released.set()
    threads.close()


async def test_too_many_stuck_bodies_take_up_threads_until_one_returns(caplog: pytest.LogCaptureFixture) -> None:
    threads = BodyThreads(limit=1, stuck_limit=1)
    releases = [threading.Event(), threading.Event()]
    for release in releases:
        await give_up(threads, await threads.begin(release.wait))
    assert caplog.messages[-1] == "too many bodies are stuck: 0 threads are left for others; restart the engine"
    third = asyncio.create_task(threads.begin(int))
    await asyncio.sleep(0)
    assert not third.done()
    releases[0].set()
    assert (await (await third).ended) == (0, None)
    releases[1].set()
    while threads._stuck:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not threads._room.locked()
    threads.close()


async def test_what_a_body_raises_is_told_as_it_is() -> None:
    threads = BodyThreads()
    call = await threads.begin(lambda: next(iter(())))
    value, error = await call.ended
    assert (value, type(error)) == (None, StopIteration)
    threads.close()
