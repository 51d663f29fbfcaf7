"""Looks at one call that handler code makes, and decides what to do about it.

A call of something in the table of effects is a violation. A call of the user's own code is followed: that code is
watched from then on, too. The rest is harmless, and remembered as such.
"""

import dis
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Final

from surestep.guard.first_party import is_first_party
from surestep.guard.span import Span
from surestep.guard.verdicts import Verdicts, code_of, unwrap
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
        if key in self.harmless and not (self.verdicts.is_special(called) or isinstance(first_argument, FunctionType)):
            return
        effect = self.verdicts.of(called, first_argument)
        if effect is not None:
            self._judge(span, effect, frame, offset)
            return
        self._follow(called, first_argument)
        self._remember(key, code_of(called))

    def look_at_code(self, span: Span, frame: FrameType) -> None:
        """A call of a function written in Python, which has begun in `frame`.

        Raises:
            NonDeterminismError: code between steps must not make it.
        """
        code, caller = frame.f_code, frame.f_back
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        effect = self.verdicts.of_code(code, str(frame.f_globals.get("__name__", "")), first)
        if effect is None:
            self._remember(id(code), code)
        elif caller is not None and is_first_party(caller.f_code):
            self._judge(span, effect, caller, caller.f_lasti)

    def _judge(self, span: Span, effect: Effect, frame: FrameType, offset: int) -> None:
        if _counts(effect, frame.f_code, offset):
            caller = first_party_caller(frame)
            if caller is not None:
                report(span, effect, effect.name, caller)

    def _remember(self, key: object, code: CodeType | None) -> None:
        if code is not None and self.verdicts.is_shared(code):
            return
        if len(self.harmless) >= GUARD_REMEMBERED_CALLS:
            self.harmless.clear()
        self.harmless[key] = code

    def _follow(self, called: object, first_argument: object) -> None:
        """Watch the user's code that this call leads to."""
        code, key = code_of(called), unwrap(called)
        if code is not None:
            self._watch_code(code)
        elif isinstance(key, type):
            self._watch_class(key)
        elif isinstance(key, tuple):
            self._watch_class(key[0])
        if isinstance(first_argument, FunctionType):  # map(function, ...), partial(function)
            self._watch_code(first_argument.__code__)
        elif code is not None and first_argument is not None:
            self._watch_class(type(first_argument))

    def _watch_code(self, code: CodeType) -> None:
        if is_first_party(code):
            self._watch(code)

    def _watch_class(self, found: type) -> None:
        """Watch its operators, properties and initialisers, which nobody calls by name."""
        members = (member for base in found.__mro__ for member in vars(base).values())
        for function in (getattr(member, name, member) for member in members for name in ("fget", "fset", "__func__")):
            if isinstance(function, FunctionType):
                self._watch_code(function.__code__)


def _counts(effect: Effect, code: CodeType, offset: int) -> bool:
    """Whether the call's arguments are such that the effect applies; what cannot be told is not accused."""
    if effect.condition == "always":
        return True
    operation, count = code.co_code[offset], code.co_code[offset + 1]
    if dis.opname[operation] not in _CALLS:
        return False
    return count == 0 if effect.condition == "no-arguments" else count <= 1
