"""Watches calls by `sys.monitoring` (Python 3.12 and later): only in code that is watched, at no cost elsewhere."""

import os
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodDescriptorType, MethodType
from typing import Any, Final

from surestep.guard.callables import unwrap
from surestep.guard.calls import Calls
from surestep.guard.first_party import is_first_party
from surestep.guard.span import current_span
from surestep.guard.violations import first_party_caller, report
from surestep_dsl.effects import EFFECTS

__all__ = ["MonitoringWatch"]

_monitoring: Final[Any] = getattr(sys, "monitoring", None)  # the types of 3.11, our oldest Python, do not know it

_TOOL_IDS: Final = (4, 3, 5)
"""The interpreter has six; 0, 1, 2 and 5 have agreed uses: debugger, coverage, profiler, optimiser. Those of the first
three come and go, and must find their ids free."""

_HASHED_BY_IDENTITY: Final = frozenset({BuiltinFunctionType, MethodDescriptorType, MethodType, type})

_ENVIRON: Final = tuple(
    function.__code__
    for name in ("__getitem__", "__setitem__", "__delitem__", "__iter__", "__len__")
    if isinstance(function := vars(type(os.environ)).get(name), FunctionType)
)
"""Operators of the environment: no call is to be seen where handler code says `os.environ["HOME"]`."""


class MonitoringWatch:
    """The process's only one: tool ids and callbacks belong to the interpreter.

    Raises:
        RuntimeError: there is no such thing in this Python, or other tools have taken all ids.
    """

    profile = None

    def __init__(self) -> None:
        free = (one for one in _TOOL_IDS if _monitoring is not None and _monitoring.get_tool(one) is None)
        self._tool = next(free, None)
        if self._tool is None:
            raise RuntimeError("no id of sys.monitoring is free")
        _monitoring.use_tool_id(self._tool, "surestep")
        self._calls = Calls(self.watch)
        self._harmless = self._calls.harmless
        self._watched: dict[int, CodeType] = {}
        _monitoring.register_callback(self._tool, _monitoring.events.CALL, self._on_call)
        _monitoring.register_callback(self._tool, _monitoring.events.PY_START, self._on_start)
        for code in _ENVIRON:
            _monitoring.set_local_events(self._tool, code, _monitoring.events.PY_START)

    def watch(self, code: CodeType) -> None:
        """Look at the calls this code makes, and what is nested in it."""
        if id(code) in self._watched:
            return
        _monitoring.set_local_events(self._tool, code, _monitoring.events.CALL)
        self._watched[id(code)] = code  # only now: another thread that finds it here runs it at once
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self.watch(constant)

    def _on_call(self, _code: CodeType, offset: int, called: object, first_argument: object) -> object:
        span = current_span.get()
        if span is None:
            return None
        kind = type(called)
        if kind is FunctionType:
            key: object = id(called.__code__)  # type: ignore[attr-defined]
        else:
            key = called if kind in _HASHED_BY_IDENTITY else unwrap(called)
        if key not in self._harmless or type(first_argument) is FunctionType:
            first = None if first_argument is _monitoring.MISSING else first_argument
            self._calls.look_at(span, called, first, sys._getframe(1), offset)  # noqa: SLF001 -- the frame that calls
        return None

    def _on_start(self, _code: CodeType, _offset: int) -> object:
        span = current_span.get()
        frame = sys._getframe(1).f_back  # noqa: SLF001 -- who uses the environment
        while frame is not None and frame.f_code.co_filename.startswith("<frozen"):
            frame = frame.f_back
        if span is not None and frame is not None and is_first_party(frame.f_code) and first_party_caller(frame):
            report(span, EFFECTS["os.environ"], "os.environ", frame)
        return None
