"""What tests of the guard share: running handler code that waits for nothing."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import pytest

from surestep.errors import NonDeterminismError
from surestep.guard.guard import Guard, GuardMode

Watch: TypeAlias = Callable[[Callable[[], object]], str]


def watch(act: Callable[[], object]) -> str:
    """Call `act` in handler code, twice, since a guard must not look away the second time.

    Returns:
        The first words of the violation, empty where there is none.
    """

    async def handle() -> None:
        act()

    return watch_handler(handle)


def watch_handler(handle: Callable[[], Coroutine[Any, Any, object]], guard: Guard | None = None) -> str:
    """The same for a handler."""
    guard = guard or Guard(GuardMode.STRICT)
    found = []
    for _ in range(2):
        routine = handle()
        try:
            guard.resume(routine, None, None)
        except StopIteration:
            found.append("")
        except NonDeterminismError as error:
            found.append(str(error).partition(" at ")[0].removeprefix("D1").partition(" handler code called ")[2])
        finally:
            routine.close()
    assert found[0] == found[1]
    return found[0]


@pytest.fixture(name="watch")
def get_watch() -> Watch:
    return watch
