"""What is done about a store that cannot read or write just now, for instance because its disk is full: wait."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from surestep.errors import StaleCheckpointError, StoreError, UnknownFunctionError

__all__ = ["patiently", "tell_that_stuck"]

_T = TypeVar("_T")

_logger = logging.getLogger("surestep.engine")

_PAUSE_S: Final = 1.0
"""Between two attempts: soon enough once there is room again, seldom enough not to fill the log."""


async def patiently(what: str, call: Callable[[], Awaitable[_T]], gives_up: Callable[[], bool]) -> _T:
    """What `call` returns, tried again until the store can.

    Args:
        what: who waits, for the log.
        call: one use of the store.
        gives_up: whether an error is passed on instead, because the engine stops.
    """
    while True:
        try:
            return await call()
        except StoreError as error:
            if isinstance(error, StaleCheckpointError) or gives_up():
                raise
            _logger.warning("%s waits for its store: %s", what, error)
            await asyncio.sleep(_PAUSE_S)


def tell_that_stuck(run_id: str, error: Exception) -> None:
    """A run cannot go on before the engine is started again."""
    if isinstance(error, UnknownFunctionError):
        _logger.error("run %s waits: %s", run_id, error)
    else:
        _logger.error("run %s cannot go on; it is taken up again at the next start", run_id, exc_info=error)
