"""Looks at one call that handler code makes, and decides what to do about it.

A call of something in the table of effects is a violation. A call of the user's own code is followed: that code is
watched from then on, too. The rest is harmless, and remembered as such.
"""

import dis
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType
from typing import Final

from surestep.guard.callables import DESCRIPTORS, code_of, functions_in, inner_of, unwrap
from surestep.guard.first_party import is_first_party, is_generated
from surestep.guard.span import Span
from surestep.guard.verdicts import Verdicts
from surestep.guard.violations import first_party_caller, report
from surestep.limits import GUARD_REMEMBERED_CALLS
from surestep_dsl.effects import Effect

__all__ = ["Calls"]

_CALLS: Final = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_KW", "PRECALL"})


class Calls:
    """Decides about calls.

    Args:
        watch: begins to watch the user's code.

    Attributes:
        harmless: what was decided to be harmless, by `unwrap`; read by the watchers before they ask. The values keep
            the code alive whose id is a key.
    """

    def __init__(self, watch: Callable[[CodeType], None]) -> None:
        self.verdicts = Verdicts()
        self.harmless: dict[object, object] = {}
        self._watch = watch

    def look_at(self, span: Span, called: object, first_argument: object, frame: FrameType, offset: int) -> None:
        """One call, made in `frame` at a byte offset of its code.

        Raises:
            NonDeterminismError: code between steps must not make it.
        """
        key = unwrap(called)
        if key in self.harmless and not (self.verdicts.is_special(called) or type(first_argument) is FunctionType):
            return
        effect = self.verdicts.of(called, first_argument)
        if effect is not None:
            self._judge(span, effect, frame, offset)
            return
        self._follow(called, first_argument)
        self._remember(key, code_of(called), inner_of(called) if type(key) is int else None)

    def look_at_code(self, span: Span, frame: FrameType) -> None:
        """A call of a function written in Python, which has begun in `frame`.

        Raises:
            NonDeterminismError: code between steps must not make it.
        """
        code, caller = frame.f_code, frame.f_back
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        effect = self.verdicts.of_code(code, str(frame.f_globals.get("__name__", "")), first)
        if effect is None:
            self._remember(id(code), code, code)
        elif caller is not None and is_first_party(caller.f_code):
            self._judge(span, effect, caller, caller.f_lasti)

    def _judge(self, span: Span, effect: Effect, frame: FrameType, offset: int) -> None:
        if _counts(effect, frame.f_code, offset):
            caller = first_party_caller(frame)
            if caller is not None and _is_direct(frame, caller):
                report(span, effect, effect.name, caller)

    def _remember(self, key: object, code: CodeType | None, keep: object) -> None:
        if code is not None and self.verdicts.is_shared(code):
            return
        if len(self.harmless) >= GUARD_REMEMBERED_CALLS:
            self.harmless.clear()
        self.harmless[key] = code or keep

    def _follow(self, called: object, first_argument: object) -> None:
        """Watch the user's code that this call leads to."""
        inner = inner_of(called)
        kind = type(inner)
        if kind is FunctionType:
            self._watch_code(inner.__code__)
            self._watch_class(type(first_argument))
        elif kind is BuiltinFunctionType:
            self._watch_class(type(inner.__self__))
        elif kind not in DESCRIPTORS:
            self._watch_class(inner if issubclass(kind, type) else kind)
        if type(first_argument) is FunctionType:  # map(function, ...), partial(function)
            self._watch_code(first_argument.__code__)

    def _watch_code(self, code: CodeType) -> None:
        if is_first_party(code):
            self._watch(code)

    def _watch_class(self, found: type) -> None:
        """Watch its operators, properties, initialisers and what makes its defaults: nobody calls these by name."""
        for function in functions_in(found):
            if is_generated(function.__code__):
                self._watch(function.__code__)
            else:
                self._watch_code(function.__code__)


def _is_direct(frame: FrameType | None, caller: FrameType) -> bool:
    """Whether there is only generated code between them: what libraries call is their own affair."""
    while frame is not None and frame is not caller and is_generated(frame.f_code):
        frame = frame.f_back
    return frame is caller


def _counts(effect: Effect, code: CodeType, offset: int) -> bool:
    """Whether the call's arguments are such that the effect applies; what cannot be told is not accused."""
    if effect.condition == "always":
        return True
    operations = code.co_code
    operation, count = operations[offset], operations[offset + 1]
    if dis.opname[operation] not in _CALLS or (offset and operations[offset - 2] == dis.EXTENDED_ARG):
        return False  # `*arguments`, or more than 255 of them
    return count == 0 if effect.condition == "no-arguments" else count <= 1
