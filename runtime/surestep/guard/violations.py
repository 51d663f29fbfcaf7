"""Puts a violation into words, and excuses what a library does on its own account."""

import functools
import linecache
import re
from types import FrameType
from typing import Final

from surestep.core.marks import is_pure
from surestep.errors import NonDeterminismError
from surestep.guard.first_party import is_first_party, module_of
from surestep.guard.span import Span
from surestep_dsl.effects import Effect

__all__ = ["first_party_caller", "report"]

_IMPORTS: Final = frozenset({"importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport"})
_EXCUSED: Final = _IMPORTS | {
    "bdb",
    "encodings",
    "inspect",
    "linecache",
    "logging",
    "pdb",
    "pkgutil",
    "pydantic",
    "pydevd",
    "surestep",
    "surestep_dsl",
    "tokenize",
    "traceback",
    "tzdata",
    "warnings",
    "zoneinfo",
}
"""What they read or ask changes no value that a handler sees: sources, zones, modules, log files."""

_SILENCER: Final = re.compile(r"#.*?surestep: ignore\[([A-Z0-9, ]+)\]\s*\S")


def first_party_caller(frame: FrameType | None) -> FrameType | None:
    """The user's frame that a library works for; None where a library does it on its own account."""
    while frame is not None and not is_first_party(frame.f_code):
        if module_of(frame) in _EXCUSED:
            return None
        frame = frame.f_back
    return None if frame is None or _is_importing(frame) or _is_promised(frame) else frame


def report(span: Span, effect: Effect, name: str, frame: FrameType) -> None:
    """Raise unless the line is silenced, with a reason; what is raised is also kept with the span.

    Raises:
        NonDeterminismError: always else.
    """
    code = effect.kind.code
    filename, line = frame.f_code.co_filename, frame.f_lineno
    if code in _silenced(filename, line):
        return
    span.violation = span.violation or NonDeterminismError(
        f"{code} handler code called {name} ({effect.kind}) at {filename}:{line} in {frame.f_code.co_qualname}\n"
        f"  it may tell something else on a replay; use {effect.replacement}\n"
        f"  or, if that cannot matter, write `# surestep: ignore[{code}] reason` on that line"
    )
    raise span.violation


def _is_importing(frame: FrameType | None) -> bool:
    """Whether this code runs because a module is imported for the first time."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" or module_of(frame) in _IMPORTS:
            return True
        if module_of(frame) == "surestep":
            return False
        frame = frame.f_back
    return False


def _is_promised(frame: FrameType | None) -> bool:
    """Whether this code works for a function that its author has marked as pure."""
    while frame is not None and module_of(frame) != "surestep":
        if is_pure(frame.f_code):
            return True
        frame = frame.f_back
    return False


@functools.lru_cache(maxsize=1000)
def _silenced(filename: str, line: int) -> frozenset[str]:
    found = _SILENCER.search(linecache.getline(filename, line))
    return frozenset(re.findall(r"[A-Z][0-9]+", found.group(1))) if found else frozenset()
