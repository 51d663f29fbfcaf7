"""Puts a violation into words, and excuses what a library does on its own account."""

import gc
import signal
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Final

from surestep.core.marks import is_pure
from surestep.core.silencers import silenced_codes
from surestep.errors import NonDeterminismError
from surestep.guard.callables import code_of
from surestep.guard.effects import is_declared_pure
from surestep.guard.first_party import is_first_party, is_generated, module_of
from surestep.guard.span import Span
from surestep_dsl.effects import Effect

__all__ = ["first_party_caller", "report"]

_IMPORTS: Final = frozenset({"importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport"})
_FOR_THEMSELVES: Final = _IMPORTS | {
    "_pydev_bundle",
    "_pydevd_bundle",
    "_pydevd_frame_eval",
    "bdb",
    "coverage",
    "debugpy",
    "encodings",
    "linecache",
    "logging",
    "loguru",
    "pdb",
    "pydevd",
    "structlog",
    "tokenize",
    "traceback",
    "warnings",
}
"""What they do, or have hooks of the user's do, changes no value that a handler sees: logs, sources, modules."""

_EXCUSED: Final = _FOR_THEMSELVES | {"inspect", "pkgutil", "pydantic", "surestep", "surestep_dsl", "tzdata", "zoneinfo"}
"""Neither does what these do by themselves; but they also call handler code."""

_RESUMES: Final = "surestep.guard.guard"


def first_party_caller(frame: FrameType | None) -> FrameType | None:
    """The user's frame that a library works for; None where it does so on its own account, or not for a handler."""
    while frame is not None and (is_generated(frame.f_code) or not is_first_party(frame.f_code)):
        if module_of(frame) in _EXCUSED and not is_generated(frame.f_code):
            return None
        frame = frame.f_back
    return frame if frame is not None and _is_doing_of_handler(frame) else None


def report(span: Span, effect: Effect, name: str, frame: FrameType) -> None:
    """Raise unless the line is silenced, with a reason; in any case it is kept with the span.

    Raises:
        NonDeterminismError: always else, but not in code that is being closed.
    """
    code = effect.kind.code
    filename, line = frame.f_code.co_filename, frame.f_lineno
    if code in silenced_codes(filename, line, frame.f_globals):
        return
    span.violation = span.violation or NonDeterminismError(
        f"{code} handler code called {name} ({effect.kind}) at {filename}:{line} in {frame.f_code.co_qualname}\n"
        f"  it may tell something else on a replay; use {effect.replacement}\n"
        f"  or, if that cannot matter, write `# surestep: ignore[{code}] reason` on that line"
    )
    if span.raises:
        raise span.violation


def _is_doing_of_handler(frame: FrameType) -> bool:
    """Whether nothing stands between this code and the `send` of a guard that would make it somebody else's doing.

    That is: a module imported for the first time, a log's handler, a function its author has marked as pure, an
    interruption. Without a `send` it is a thread, or a task, that has come by a copy of the handler's context.
    """
    interruptions = {id(code) for code in _interruptions() if code is not None}
    below: FrameType | None = frame
    while below is not None:
        code = below.f_code
        if below.f_globals.get("__name__") == _RESUMES:
            return True
        if code.co_name in {"<module>", "__del__"} or module_of(below) in _FOR_THEMSELVES or _is_promised(below):
            return False
        if id(code) in interruptions or (module_of(below) == "weakref" and code.co_name == "__call__"):
            return False
        if below.f_back is not None and code is code_of(below.f_back.f_trace):
            return False
        below = below.f_back
    return False


def _is_promised(frame: FrameType) -> bool:
    """Whether its author, or the project, says that it gives the same on every replay, whatever it calls."""
    return is_pure(frame.f_code) or is_declared_pure(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}")


def _interruptions() -> Iterator[CodeType | None]:
    """What runs in the midst of any code: the user's hooks of garbage collection, of signals and of a debugger."""
    yield from map(code_of, gc.callbacks)
    yield from (code_of(signal.getsignal(number)) for number in signal.valid_signals())
    yield code_of(sys.gettrace())
