"""Takes our own code out of the guard's sight, where the guard is a profile function: it would be told of every call.

The guard itself is not known here, only its profile function. Those of others are left alone.
"""

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final, ParamSpec, TypeAlias, TypeVar

__all__ = ["Profile", "note_watch", "unwatched"]

P = ParamSpec("P")
T = TypeVar("T")

Profile: TypeAlias = Callable[[FrameType, str, object], None]

_watches: Final[list[Profile]] = []


def note_watch(profile: Profile) -> None:
    """Tell of a profile function that it looks for the user's code only."""
    _watches.append(profile)


def unwatched(make: Callable[P, T]) -> Callable[P, T]:
    """Have a function that handler code calls run without being watched.

    Neither is what it calls of the user's, such as the serializers of a model, whatever way the guard watches.
    """

    @functools.wraps(make)
    def aside(*args: P.args, **kwargs: P.kwargs) -> T:
        profile = sys.getprofile()  # each call here is one that the profile function is told of
        if profile not in _watches:
            return make(*args, **kwargs)
        sys.setprofile(None)
        try:
            return make(*args, **kwargs)
        finally:
            sys.setprofile(profile)

    return aside
