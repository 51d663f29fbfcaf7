"""`step.gather`: parallel branches with a precise result type."""

from collections.abc import Awaitable
from typing import Any, Literal, TypeVar, overload

from surestep.core.pending import Group
from surestep.errors import StepUsageError

__all__ = ["Gathering"]

T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")
T6 = TypeVar("T6")
T = TypeVar("T")


class Gathering:
    """The parallel part of `Step`."""

    __slots__ = ()

    @overload
    def gather(self, b1: Awaitable[T1], /, *, return_exceptions: Literal[False] = False) -> Group[tuple[T1]]: ...

    @overload
    def gather(
        self, b1: Awaitable[T1], b2: Awaitable[T2], /, *, return_exceptions: Literal[False] = False
    ) -> Group[tuple[T1, T2]]: ...

    @overload
    def gather(
        self, b1: Awaitable[T1], b2: Awaitable[T2], b3: Awaitable[T3], /, *, return_exceptions: Literal[False] = False
    ) -> Group[tuple[T1, T2, T3]]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Group[tuple[T1, T2, T3, T4]]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        b5: Awaitable[T5],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Group[tuple[T1, T2, T3, T4, T5]]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        b5: Awaitable[T5],
        b6: Awaitable[T6],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Group[tuple[T1, T2, T3, T4, T5, T6]]: ...

    @overload
    def gather(self, *branches: Awaitable[T], return_exceptions: Literal[False] = False) -> Group[tuple[T, ...]]: ...

    @overload
    def gather(self, b1: Awaitable[T1], /, *, return_exceptions: Literal[True]) -> Group[tuple[T1 | BaseException]]: ...

    @overload
    def gather(
        self, b1: Awaitable[T1], b2: Awaitable[T2], /, *, return_exceptions: Literal[True]
    ) -> Group[tuple[T1 | BaseException, T2 | BaseException]]: ...

    @overload
    def gather(
        self, b1: Awaitable[T1], b2: Awaitable[T2], b3: Awaitable[T3], /, *, return_exceptions: Literal[True]
    ) -> Group[tuple[T1 | BaseException, T2 | BaseException, T3 | BaseException]]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Group[tuple[T1 | BaseException, T2 | BaseException, T3 | BaseException, T4 | BaseException]]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        b5: Awaitable[T5],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Group[
        tuple[T1 | BaseException, T2 | BaseException, T3 | BaseException, T4 | BaseException, T5 | BaseException]
    ]: ...

    @overload
    def gather(
        self,
        b1: Awaitable[T1],
        b2: Awaitable[T2],
        b3: Awaitable[T3],
        b4: Awaitable[T4],
        b5: Awaitable[T5],
        b6: Awaitable[T6],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Group[
        tuple[
            T1 | BaseException,
            T2 | BaseException,
            T3 | BaseException,
            T4 | BaseException,
            T5 | BaseException,
            T6 | BaseException,
        ]
    ]: ...

    @overload
    def gather(
        self, *branches: Awaitable[T], return_exceptions: Literal[True]
    ) -> Group[tuple[T | BaseException, ...]]: ...

    def gather(self, *branches: Awaitable[Any], return_exceptions: bool = False) -> Group[Any]:
        """Run branches in parallel: steps, other groups, or coroutines that use steps.

        Args:
            *branches: each runs concurrently with the others.
            return_exceptions: put errors among the results instead of raising the first.

        Returns:
            The results, a tuple in the order of the arguments.
        """
        for branch in branches:
            if not isinstance(branch, Awaitable):
                raise StepUsageError(f"gather got {branch!r}; pass steps, or coroutines that use steps")
        return Group(branches, return_exceptions=return_exceptions)
