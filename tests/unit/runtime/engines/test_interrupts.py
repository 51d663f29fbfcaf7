import asyncio
import contextlib
import signal
from collections.abc import Iterator

import pytest

from surestep.engines.interrupts import is_interrupt


@pytest.fixture
def default_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> BaseException:
    """Ctrl-C, as the interpreter raises it."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt as error:
        return error
    raise AssertionError


def raised() -> BaseException:
    """What user code raises."""

    def user_code() -> None:
        raise KeyboardInterrupt

    try:
        user_code()
    except KeyboardInterrupt as error:
        return error
    raise AssertionError


@pytest.mark.usefixtures("default_handler")
def test_under_the_interpreters_own_handler_it_may_be_ctrl_c() -> None:
    assert is_interrupt(interrupt())
    assert is_interrupt(raised())


@pytest.mark.usefixtures("default_handler")
def test_under_asyncio_run_the_second_ctrl_c_is_told_from_what_user_code_raises() -> None:
    async def main() -> tuple[bool, bool]:
        task = asyncio.current_task()
        assert task is not None
        signal.raise_signal(signal.SIGINT)  # the first one cancels
        task.uncancel()
        with contextlib.suppress(asyncio.CancelledError):  # Python 3.13 takes it back
            await asyncio.sleep(0)
        return is_interrupt(interrupt()), is_interrupt(raised())

    assert asyncio.run(main()) == (True, False)


def test_where_the_loop_handles_signals_it_is_always_user_code() -> None:
    async def main() -> bool:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
        return is_interrupt(raised())

    assert asyncio.run(main()) is False


@pytest.mark.usefixtures("default_handler")
async def test_in_a_thread_it_is_always_user_code() -> None:
    assert await asyncio.to_thread(is_interrupt, raised()) is False


def test_other_errors_are_none() -> None:
    assert not is_interrupt(SystemExit(1))
