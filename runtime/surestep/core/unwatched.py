"""Takes our own code out of the guard's sight, where the guard is a profile function: it would be told of every call.

The guard itself is not known here, only its profile function. Those of others are left alone.
"""

import functools
from collections.abc import Callable
from sys import setprofile
from types import FrameType
from typing import Final, TypeAlias, TypeVar, cast

__all__ = ["Profile", "Watch", "note_watch", "set_profile_again", "unwatched"]

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

Profile: TypeAlias = Callable[[FrameType, str, object], None]


class Watch:
    """What the guard knows of this thread; to ask the interpreter would be a call, of which the guard is told.

    Attributes:
        profile: its profile function, while that is installed.
    """

    profile: Profile | None = None


_watches: Final = [Watch()]


def note_watch(watch: Watch) -> None:
    """Tell of the guard's watch; it shows each thread its own profile function."""
    _watches[0] = watch


def set_profile_again(profile: Profile | None) -> None:
    """Install this thread's profile function, or remove it, after a refusal.

    Python 3.11 refuses while another thread is in the midst of it, which is where audit hooks in Python let threads
    take turns. Only a refusal leads here, since the profile function is told of each call.
    """
    try:
        setprofile(profile)
    except RuntimeError:  # refused once more; each refusal frees the way for the next attempt
        set_profile_again(profile)


def unwatched(make: FunctionT) -> FunctionT:
    """Have a function that handler code calls run without being watched.

    Neither is what it calls of the user's, such as the serializers of a model, whatever way the guard watches.
    """

    @functools.wraps(make)
    def aside(*args: object, **kwargs: object) -> object:
        profile = _watches[0].profile
        if profile is None:
            return make(*args, **kwargs)
        try:
            setprofile(None)
        except RuntimeError:
            set_profile_again(None)
        try:
            return make(*args, **kwargs)
        finally:
            try:
                setprofile(profile)
            except RuntimeError:
                set_profile_again(profile)

    return cast("FunctionT", aside)
