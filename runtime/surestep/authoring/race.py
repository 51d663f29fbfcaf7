"""`step.race`: parallel branches of which the first to finish wins, typed by all of them."""

from collections.abc import Awaitable
from typing import Any, TypeVar, overload

from surestep.core.pending import Group
from surestep.errors import StepUsageError

__all__ = ["Racing"]

T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")
T6 = TypeVar("T6")
T = TypeVar("T")


class Racing:
    """The racing part of `Step`."""

    __slots__ = ()

    @overload
    def race(self, b1: Awaitable[T1], b2: Awaitable[T2], /) -> Group[T1 | T2]: ...

    @overload
    def race(self, b1: Awaitable[T1], b2: Awaitable[T2], b3: Awaitable[T3], /) -> Group[T1 | T2 | T3]: ...

    @overload
    def race(
        self, b1: Awaitable[T1], b2: Awaitable[T2], b3: Awaitable[T3], b4: Awaitable[T4], /
    ) -> Group[T1 | T2 | T3 | T4]: ...

    @overload
    def race(
        self, b1: Awaitable[T1], b2: Awaitable[T2], b3: Awaitable[T3], b4: Awaitable[T4], b5: Awaitable[T5], /
    ) -> Group[T1 | T2 | T3 | T4 | T5]: ...

    @overload
    def race(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        b5: Awaitable[T5],
        b6: Awaitable[T6],
        /,
    ) -> Group[T1 | T2 | T3 | T4 | T5 | T6]: ...

    @overload
    def race(self, *branches: Awaitable[T]) -> Group[T]: ...

    def race(self, *branches: Awaitable[Any]) -> Group[Any]:
        """Run branches in parallel until the first of them finishes: steps, groups, or coroutines that use steps.

        The others are dropped at once: what they wait for, their timers, and their steps that have not begun. A
        coroutine among them is closed: its `finally` blocks run and may use no steps. Bodies in progress finish, and
        nobody gets their results; invoked runs go on. Of branches that finish at one time the one that history has
        first wins, of those that need no step the first argument.

        Returns:
            The result of the first to finish.

        Raises:
            Exception: at the await, what the first to finish raised.
            StepUsageError: there are no branches.
        """
        if not branches:
            raise StepUsageError("race got no branches; pass steps, or coroutines that use steps")
        for branch in branches:
            if not isinstance(branch, Awaitable):
                raise StepUsageError(f"race got {branch!r}; pass steps, or coroutines that use steps")
        return Group(branches, is_race=True)
