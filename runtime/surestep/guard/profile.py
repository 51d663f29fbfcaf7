"""Watches calls by `sys.setprofile` (Python 3.11, or where `sys.monitoring` is taken): all calls while a span lasts."""

import threading
from types import CodeType, FrameType
from typing import Final

from surestep.core.unwatched import Profile, Watch, note_watch
from surestep.guard.calls import Calls
from surestep.guard.first_party import is_first_party_file
from surestep.guard.span import current_span

__all__ = ["ProfileWatch", "current_watch"]

_OURS: Final = frozenset({"surestep.core.pending", "surestep.core.unwatched", "surestep.guard.guard"})
"""Modules that every step goes through. To ask a frame for its code, or for an id, is an audit event; this is none."""


class _CurrentWatch(threading.local, Watch):
    """Each thread's own."""


current_watch: Final[Watch] = _CurrentWatch()
note_watch(current_watch)


class ProfileWatch:
    """Makes the profile function that is to be installed while a span lasts.

    Attributes:
        profile: that function; a closure, since the interpreter calls it several times for every step.
    """

    def __init__(self) -> None:
        self.profile: Profile | None = _make_profile(Calls(self.watch))

    def watch(self, code: CodeType) -> None:
        """Nothing to do: the interpreter tells of every call."""


def _make_profile(calls: Calls) -> Profile:
    harmless, get_span = calls.harmless, current_span.get

    def profile(frame: FrameType, event: str, called: object) -> None:
        """For "call", the frame is that of the function called; for "c_call", that of the caller."""
        if event == "call":
            if frame.f_globals.get("__name__") in _OURS:
                return
            if id(frame.f_code) not in harmless and (span := get_span()) is not None:
                calls.look_at_code(span, frame)
        elif (
            event == "c_call"
            and called not in harmless
            and frame.f_globals.get("__name__") not in _OURS
            and is_first_party_file(frame.f_code.co_filename)
            and (span := get_span()) is not None
        ):
            calls.look_at(span, called, None, frame, frame.f_lasti)

    return profile
