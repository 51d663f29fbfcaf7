"""Resumes handler code so that what would differ on a replay is refused at once.

Three nets, all for the length of one `send`: calls in handler code are watched; the running loop is one that refuses;
audit events tell what libraries do. Nothing is patched and no module is imported anew, so step bodies, other threads
and libraries see nothing of it.
"""

import sys
from asyncio import _get_running_loop, _set_running_loop
from collections.abc import Coroutine, Generator
from enum import StrEnum
from functools import cache
from typing import Any

from surestep.guard.audit import install_audit_hook
from surestep.guard.loop import GuardLoop
from surestep.guard.monitoring import MonitoringWatch
from surestep.guard.profile import ProfileWatch
from surestep.guard.span import Span, current_span

__all__ = ["Guard", "GuardMode"]


class GuardMode(StrEnum):
    """How closely handler code is watched."""

    STRICT = "strict"  # all three nets: development and tests
    LIGHT = "light"  # no audit events: production
    OFF = "off"


class Guard:
    """Watches the handler code of one event loop.

    Args:
        mode: OFF resumes and does nothing else.
    """

    def __init__(self, mode: GuardMode) -> None:
        self._watch = None if mode is GuardMode.OFF else _the_watch()
        self._loop = GuardLoop()
        self._span = Span()
        if mode is GuardMode.STRICT:
            _install_audit_hook_once()

    def resume(
        self,
        routine: Coroutine[Any, Any, object] | Generator[Any, Any, object],
        value: object,
        error: BaseException | None,
    ) -> object:
        """Send a value or throw an error into handler code; gives what it yields.

        Raises:
            NonDeterminismError: it did what may differ on a replay, even if it swallowed the error itself.
        """
        watch = self._watch
        if watch is None:
            return routine.send(value) if error is None else routine.throw(error)
        if value is None:
            code = getattr(routine, "cr_code", None) or getattr(routine, "gi_code", None)
            if code is not None:
                watch.watch(code)
        span = self._span
        loop = _get_running_loop()
        token = current_span.set(span)
        _set_running_loop(self._loop)  # type: ignore[arg-type]
        profile = watch.profile
        if profile is not None:
            if sys.getprofile() is None:
                sys.setprofile(profile)
            else:
                profile = None  # a profiler at work stays, and calls are not watched
        try:
            return routine.send(value) if error is None else routine.throw(error)
        finally:
            if profile is not None:
                sys.setprofile(None)
            _set_running_loop(loop)
            current_span.reset(token)
            if span.violation is not None:
                violation, span.violation = span.violation, None
                raise violation


@cache
def _the_watch() -> MonitoringWatch | ProfileWatch:
    try:
        return MonitoringWatch()
    except RuntimeError:
        return ProfileWatch()


@cache
def _install_audit_hook_once() -> None:
    install_audit_hook()
