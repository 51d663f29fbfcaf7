"""What a store will answer. Whoever listens is told at once, while a future would ask the event loop to do so."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextvars import Context, copy_context
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

__all__ = ["Answer", "Listener"]

T = TypeVar("T")

Listener: TypeAlias = Callable[[Any, BaseException | None], None]
"""Told the result, or the error."""


class Answer(Generic[T]):
    """A result or an error that is there sooner or later; it can be awaited, or listened to by one.

    Attributes:
        is_done: it is there.
    """

    __slots__ = ("_context", "_error", "_listener", "_result", "is_done")

    def __init__(self) -> None:
        self.is_done = False
        self._listener: Listener | None = None

    @classmethod
    def of(cls, work: Awaitable[T]) -> "Answer[T]":
        """What an awaitable gives; if it is cancelled, nobody is told."""
        answer = cls()

        def settle(task: asyncio.Future[T]) -> None:
            if not task.cancelled():
                error = task.exception()
                answer.settle(None if error else task.result(), error)

        asyncio.ensure_future(work).add_done_callback(settle)
        return answer

    def settle(self, result: object, error: BaseException | None) -> None:
        """Give the answer, once; what the listener raises is raised here."""
        self.is_done = True
        self._result, self._error = result, error
        if self._listener is not None:
            self._context.run(self._listener, result, error)

    def listen(self, listener: Listener, context: Context) -> None:
        """Have the answer told, in a context, but never within this call."""
        if self.is_done:
            asyncio.get_running_loop().call_soon(listener, self._result, self._error, context=context)
        else:
            self._listener, self._context = listener, context

    def __await__(self) -> Generator[Any, None, T]:
        told: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.listen(partial(_pass_on, told), copy_context())
        return told.__await__()


def _pass_on(told: asyncio.Future[T], result: T, error: BaseException | None) -> None:
    if told.cancelled():
        return
    if error is None:
        told.set_result(result)
    else:
        told.set_exception(error)
