"""Tasks that begin when it is their turn on the loop, whatever kind of tasks the program has chosen for itself."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

__all__ = ["start_task"]


def start_task(work: Coroutine[Any, Any, None], name: str, context: Context | None = None) -> asyncio.Task[None]:
    """Have something done soon, in a copy of this context or in the one given.

    An eager task would begin before the caller has noted it.
    """
    return asyncio.Task(work, loop=asyncio.get_running_loop(), name=name, context=context)
