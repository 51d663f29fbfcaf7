"""What makes the services of the examples look real: calls take a while, and some fail at the first attempt.

Your own services need nothing of this.
"""

import asyncio
import functools
import inspect
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast
from zlib import crc32

from examples.services.ledger import open_attempt

__all__ = ["ServiceBusyError", "ServiceDownError", "pretended"]

P = ParamSpec("P")
T = TypeVar("T")


class ServiceDownError(Exception):
    """The service did not answer; the next attempt will do."""


class ServiceBusyError(Exception):
    """The service has too much to do, and it will stay so for a while."""


def pretended(*, takes_ms: int = 5, fails_one_in: int | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Turn a function, plain or `async`, into a call over a pretended network.

    Args:
        takes_ms: how long a call takes.
        fails_one_in: this share of calls, chosen by their arguments, fails at the first attempt.
    """

    def decorate(body: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(body)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with _attempt(fails_one_in, args, kwargs):
                time.sleep(takes_ms / 1000)
                return body(*args, **kwargs)

        @functools.wraps(body)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            with _attempt(fails_one_in, args, kwargs):
                await asyncio.sleep(takes_ms / 1000)
                return await cast("Any", body(*args, **kwargs))

        return cast("Callable[P, T]", call_async) if inspect.iscoroutinefunction(body) else call

    return decorate


@contextmanager
def _attempt(fails_one_in: int | None, args: tuple[object, ...], kwargs: dict[str, object]) -> Generator[None]:
    with open_attempt(args, kwargs) as attempt:
        if fails_one_in and attempt == 0 and crc32(repr(args).encode()) % fails_one_in == 0:
            raise ServiceDownError("no answer from the service")
        yield
