"""Watches calls by `sys.setprofile` (Python 3.11, or where `sys.monitoring` is taken): all calls while a span lasts."""

from types import CodeType, FrameType

from surestep.guard.calls import Calls
from surestep.guard.first_party import is_first_party
from surestep.guard.span import current_span

__all__ = ["ProfileWatch"]


class ProfileWatch:
    """A profile function, to be installed while a span lasts."""

    profiles = True

    def __init__(self) -> None:
        self._calls = Calls(self.watch)
        self._harmless = self._calls.harmless

    def watch(self, code: CodeType) -> None:
        """Nothing to do: the interpreter tells of every call."""

    def __call__(self, frame: FrameType, event: str, called: object) -> None:
        """What the interpreter calls; for "call", the frame is that of the function called."""
        if event == "call":
            if id(frame.f_code) in self._harmless:
                return
            span = current_span.get()
            if span is not None:
                self._calls.look_at_code(span, frame)
        elif event == "c_call" and is_first_party(frame.f_code):
            span = current_span.get()
            if called not in self._harmless and span is not None:
                self._calls.look_at(span, called, None, frame, frame.f_lasti)
