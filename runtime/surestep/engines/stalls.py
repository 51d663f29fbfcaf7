"""Notices code that holds the event loop, so that no run goes on, and says whose it is and where it is at.

A thread asks the loop for a sign of life now and then, unless it sees it wait for something to do. Where none comes in
time, it looks at what the loop is executing. Steps and turns pay nothing for it.
"""

import asyncio
import logging
import selectors
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from surestep.core.commands import RunBody
from surestep.engines.driver import Driver
from surestep.engines.in_flight import InFlight
from surestep.guard.first_party import is_first_party
from surestep.limits import LOOP_HELD_MS, LOOP_WATCH_MS

__all__ = ["StallWatch"]

_TOLD_MAX: Final = 1_000
"""Steps that are remembered to have been told, as step ids may be made of data; beyond it nothing more is told."""

_HERE: Final = str(Path(__file__).parent)
_ASYNCIO: Final = str(Path(asyncio.__file__).parent)
_WAITING: Final[frozenset[CodeType]] = frozenset(
    kind.select.__code__
    for name in ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")
    if (kind := getattr(selectors, name, None)) is not None
)

_logger = logging.getLogger("surestep.engine")


@dataclass(frozen=True, slots=True)
class _Held:
    """Who holds the loop.

    Attributes:
        who: in words.
        key: tells it from others, whatever run it is.
        place: file and line.
        hint: what to do about it.
    """

    who: str
    key: tuple[str, ...]
    place: str
    hint: str


class StallWatch:
    """Watches the loop on whose thread it is made, until `close`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread_id = threading.get_ident()
        self._closed = threading.Event()
        self._told: set[tuple[str, ...]] = set()
        threading.Thread(target=self._watch, name="surestep-stalls", daemon=True).start()

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(LOOP_WATCH_MS / 1_000):
            frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 -- the interpreter offers no other way
            if frame is None or frame.f_code in _WAITING:
                continue
            alive, since = threading.Event(), time.monotonic()
            try:
                self._loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # it is closed
                return
            if not alive.wait(LOOP_HELD_MS / 1_000):
                self._tell(alive, since)

    def _tell(self, alive: threading.Event, since: float) -> None:
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 -- as above
        held = None if frame is None else _find_holder(frame)
        is_news = held is not None and held.key not in self._told and len(self._told) < _TOLD_MAX
        if held is not None and is_news:
            self._told.add(held.key)
            message = "%s has held the event loop for %d ms, and all runs with it; it is at %s; %s"
            _logger.warning(message, held.who, LOOP_HELD_MS, held.place, held.hint)
        while not alive.wait(LOOP_WATCH_MS / 1_000):
            if self._closed.is_set():
                return
        if held is not None and is_news:
            _logger.warning("%s let the event loop go after at least %.1f s", held.who, time.monotonic() - since)


def _find_holder(innermost: FrameType) -> _Held | None:
    """Who is at work on the loop, as far as it is the user's code; frames outside of the loop do not count."""
    step, driver, place = None, None, ""
    frame: FrameType | None = innermost
    while frame is not None and driver is None and not _is_loop(frame.f_code):
        if not place and is_first_party(frame.f_code):
            place = _place_of(frame)
        if frame.f_code.co_filename.startswith(_HERE):
            for value in frame.f_locals.values():
                step = value.key.id if isinstance(value, RunBody) else step
                driver = value if isinstance(value, Driver | InFlight) else driver
        frame = frame.f_back
    if driver is None:
        hint = "what takes long belongs into a thread: `await asyncio.to_thread(...)`"
        return _Held("code beside the engine", (place,), place, hint) if place else None
    run = f"run {driver.run_id} (function {driver.function_id})"
    if step is not None:
        hint = "make the body a plain `def`, which runs in a thread"
        return _Held(f"step {step!r} of {run}", (driver.function_id, step), place or _place_of(innermost), hint)
    hint = "what takes long belongs into a step whose body is a plain `def`, which runs in a thread"
    return _Held(f"the handler of {run}", (driver.function_id,), place, hint) if place else None


def _is_loop(code: CodeType) -> bool:
    return code.co_filename.startswith(_ASYNCIO) and code.co_name in {"_run", "run_until_complete", "run"}


def _place_of(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
