"""Resumes handler code so that what would differ on a replay is refused at once.

Three nets, all for the length of one `send`: calls in handler code are watched; the running loop is one that refuses;
audit events tell what libraries do. Nothing is patched and no module is imported anew, so step bodies, other threads
and libraries see nothing of it.
"""

import logging
import os
import sys
from asyncio import _get_running_loop, _set_running_loop
from collections.abc import Coroutine, Generator, Mapping
from enum import StrEnum
from functools import cache
from types import CodeType
from typing import Any, Final

from surestep.core.unwatched import set_profile_again
from surestep.errors import ConfigurationError
from surestep.guard.audit import install_audit_hook
from surestep.guard.first_party import claim_package
from surestep.guard.loop import GuardLoop
from surestep.guard.monitoring import MonitoringWatch
from surestep.guard.profile import ProfileWatch, current_watch
from surestep.guard.span import Span, current_span

__all__ = ["Guard", "GuardMode", "guard_mode"]

_log: Final = logging.getLogger("surestep.guard")


class GuardMode(StrEnum):
    """How closely handler code is watched."""

    STRICT = "strict"  # all three nets: development and tests
    LIGHT = "light"  # no audit events: production
    OFF = "off"


def guard_mode(default: GuardMode, environment: Mapping[str, str] = os.environ) -> GuardMode:
    """What the variable SURESTEP_GUARD says: strict, light or off.

    Raises:
        ConfigurationError: it says something else.
    """
    value = environment.get("SURESTEP_GUARD") or default.value
    if value not in tuple(GuardMode):
        raise ConfigurationError(f"SURESTEP_GUARD is {value!r}", "set it to strict, light or off")
    return GuardMode(value)


class Guard:
    """Watches the handler code of one event loop.

    Args:
        mode: OFF resumes and does nothing else.
    """

    def __init__(self, mode: GuardMode) -> None:
        self._watch = None if mode is GuardMode.OFF else _the_watch()
        self._loop = GuardLoop()
        self._span = Span(audits=mode is GuardMode.STRICT)
        self._begun: dict[int, CodeType] = {}
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
        if value is None:  # as at its beginning
            self._begin(watch, routine)
        span = self._span
        loop = _get_running_loop()
        token = current_span.set(span)
        _set_running_loop(self._loop)  # type: ignore[arg-type]
        span.raises = not isinstance(error, GeneratorExit)  # whoever is closed may finish what it has to clear up
        profile = watch.profile
        if profile is not None:
            if sys.getprofile() is None:
                current_watch.profile = profile
                try:
                    sys.setprofile(profile)
                except RuntimeError:
                    set_profile_again(profile)
            else:
                profile = None
                _tell_that_a_profiler_stays()
        try:
            return routine.send(value) if error is None else routine.throw(error)
        finally:
            if profile is not None:
                try:
                    sys.setprofile(None)
                except RuntimeError:
                    set_profile_again(None)
                current_watch.profile = None
            _set_running_loop(loop)
            current_span.reset(token)
            if span.violation is not None:
                violation, span.violation = span.violation, None
                raise violation

    def _begin(self, watch: MonitoringWatch | ProfileWatch, routine: object) -> None:
        code = getattr(routine, "cr_code", None) or getattr(routine, "gi_code", None)
        if code is None or id(code) in self._begun:
            return
        self._begun[id(code)] = code
        frame = getattr(routine, "cr_frame", None)
        if frame is not None:
            claim_package(code, frame.f_globals)
        watch.watch(code)


@cache
def _the_watch() -> MonitoringWatch | ProfileWatch:
    try:
        return MonitoringWatch()
    except RuntimeError:
        return ProfileWatch()


@cache
def _install_audit_hook_once() -> None:
    install_audit_hook()


@cache
def _tell_that_a_profiler_stays() -> None:
    _log.warning("a profiler is at work and stays: clocks and randomness in handler code are not watched meanwhile")
