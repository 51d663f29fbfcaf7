"""What a violation says, which lines are silenced, and whose doing is nobody's violation."""

# ruff: noqa: PLW0108 -- the call of a name is what is looked at

import asyncio
import contextvars
import gc
import logging
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from tests.unit.runtime.guard.conftest import watch, watch_handler
from typing_extensions import override

from surestep.errors import NonDeterminismError
from surestep.guard.guard import Guard, GuardMode

seen: list[float] = []


def look() -> None:
    seen.append(time.time())


async def read() -> None:
    time.time()


def resume(guard: Guard, routine: Any) -> None:
    try:
        with suppress(StopIteration):
            guard.resume(routine, None, None)
    finally:
        routine.close()


@pytest.mark.parametrize("mode", [GuardMode.STRICT, GuardMode.LIGHT])
def test_it_says_what_where_what_instead_and_how_to_silence_it(mode: GuardMode) -> None:
    with pytest.raises(NonDeterminismError) as caught:
        resume(Guard(mode), read())

    assert str(caught.value) == (
        f"D101 handler code called time.time (clock) at {__file__}:{read.__code__.co_firstlineno + 1} in read\n"
        "  it may tell something else on a replay; use `ctx.now()`\n"
        "  or, if that cannot matter, write `# surestep: ignore[D101] reason` on that line"
    )


def test_a_guard_that_is_off_sees_nothing() -> None:
    resume(Guard(GuardMode.OFF), read())


def reasoned() -> None:
    time.time()  # surestep: ignore[D101] only for a chart


def several() -> None:
    time.time()  # surestep: ignore[D102, D101] only for a chart


def loose() -> None:
    time.time()  # surestep:ignore [D101] only for a chart


def without_reason() -> None:
    time.time()  # surestep: ignore[D101]


def of_another_code() -> None:
    time.time()  # surestep: ignore[D102] only for a chart


def a_line_above() -> None:
    # surestep: ignore[D101] only for a chart
    time.time()


@pytest.mark.parametrize("act", [reasoned, several, loose])
def test_a_comment_with_a_reason_silences_its_line(act: Callable[[], None]) -> None:
    assert watch(act) == ""


@pytest.mark.parametrize("act", [without_reason, of_another_code, a_line_above])
def test_other_comments_do_not(act: Callable[[], None]) -> None:
    assert watch(act) == "time.time (clock)"


def swallow() -> None:
    try:
        time.time()
    except BaseException:  # noqa: BLE001 -- nobody gets in between
        len("")


def return_in_finally() -> None:
    try:
        time.time()
    finally:
        return  # noqa: B012 -- as above


def suppress_it() -> None:
    with suppress(BaseException):
        time.time()


def raise_another() -> None:
    with suppress(ValueError):
        try:
            time.time()
        except BaseException:  # noqa: BLE001 -- as above
            raise ValueError("hidden") from None


def in_a_generator() -> None:
    def numbers() -> Generator[float, None, None]:
        try:
            yield 1.0
        finally:
            time.time()

    generator = numbers()
    next(generator)
    with suppress(BaseException):
        generator.close()


def in_a_context_manager() -> None:
    @contextmanager
    def manager() -> Iterator[None]:
        try:
            yield
        finally:
            with suppress(BaseException):
                time.time()

    with manager():
        pass


@pytest.mark.parametrize(
    "act", [swallow, return_in_finally, suppress_it, raise_another, in_a_generator, in_a_context_manager]
)
def test_nobody_swallows_a_violation(act: Callable[[], None]) -> None:
    assert watch(act) == "time.time (clock)"


class Finalised:
    def __del__(self) -> None:
        look()


def let_go() -> None:
    Finalised()


def finalise() -> None:
    thing = type("Thing", (), {})()
    weakref.finalize(thing, look)
    del thing
    gc.collect()


def interrupt() -> None:
    signal.raise_signal(signal.SIGUSR1)
    len("the signal's handler runs before this")


def collect() -> None:
    gc.collect()


@pytest.mark.parametrize("act", [let_go, finalise, interrupt, collect])
def test_what_interrupts_handler_code_is_not_its_doing(act: Callable[[], None]) -> None:
    def on_collection(phase: str, info: object) -> None:
        look()

    def on_signal(number: int, frame: FrameType | None) -> None:
        look()

    gc.callbacks.append(on_collection)
    before = signal.signal(signal.SIGUSR1, on_signal)
    seen.clear()
    try:
        assert watch(act) == ""
    finally:
        gc.callbacks.remove(on_collection)
        signal.signal(signal.SIGUSR1, before)
    assert seen != []


def test_a_thread_beside_it_may_do_what_it_likes() -> None:
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            look()
            Finalised()

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        assert {watch(lambda: [len(str(number)) for number in range(2_000)]) for _ in range(20)} == {""}
    finally:
        done.set()
        thread.join()


def test_a_copy_of_its_context_marks_nobody_else() -> None:
    contexts: list[contextvars.Context] = []

    async def handle() -> None:
        contexts.append(contextvars.copy_context())

    resume(Guard(GuardMode.STRICT), handle())
    contexts[0].run(look)
    thread = threading.Thread(target=contexts[0].run, args=(look,))
    thread.start()
    thread.join()


def test_a_trace_function_is_not_the_handlers_doing() -> None:
    def trace(frame: FrameType, event: str, argument: object) -> Any:
        look()
        Path(__file__).read_text()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert watch(lambda: len("")) == ""
        assert watch(lambda: time.time()) == "time.time (clock)"
    finally:
        sys.settrace(before)


def test_a_log_handler_of_ones_own_is_not_the_handlers_doing(caplog: pytest.LogCaptureFixture) -> None:
    class Own(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            look()

    logger = logging.getLogger("tests.guard")
    own = Own()
    logger.addHandler(own)
    seen.clear()
    try:
        assert watch(lambda: logger.warning("said")) == ""
    finally:
        logger.removeHandler(own)
    assert seen != []


def test_exceptions_pass_and_leave_no_trace() -> None:
    async def fail() -> None:
        raise ValueError("as it was")

    guard = Guard(GuardMode.STRICT)
    with pytest.raises(ValueError, match="as it was"):
        resume(guard, fail())
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()
    look()


def test_deep_recursion_ends_as_ever() -> None:
    def endless(depth: int) -> int:
        return endless(depth + 1)

    def act() -> None:
        with suppress(RecursionError):
            endless(0)

    assert watch(act) == ""
    assert watch(lambda: time.time()) == "time.time (clock)"


def test_two_guards_in_two_threads_do_not_mix() -> None:
    found: dict[str, str] = {}

    async def busy() -> int:
        return sum(len(str(number)) for number in range(3_000))

    def run(name: str, handle: Any) -> None:
        found[name] = "".join({watch_handler(handle, Guard(GuardMode.STRICT)) for _ in range(20)})

    threads = [threading.Thread(target=run, args=pair) for pair in (("clock", read), ("busy", busy))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"clock": "time.time (clock)", "busy": ""}


def test_variables_of_a_context_that_handler_code_sets_are_kept() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    async def handle() -> None:
        variable.set(5)

    resume(Guard(GuardMode.STRICT), handle())
    assert variable.get() == 5
