"""Expressions of specs and waits at run time: parsed and compiled once, false where they fail."""

import functools
import logging
from typing import Final

from surestep.errors import StepUsageError
from surestep_dsl.datatypes import Scalar, ScalarKind
from surestep_dsl.expr import (
    EventScope,
    EventValue,
    ExprError,
    Problem,
    Scope,
    Use,
    check_expression,
    compile_expression,
    evaluate_condition,
    parse_expression,
)

__all__ = ["Condition", "condition_of"]

_NO_BOOLEAN: Final = "E303"
_ANY_EVENT: Final = EventScope("", Scalar(ScalarKind.JSON))
_ANYWHERE: Final = [Scope(_ANY_EVENT, _ANY_EVENT)]

_logger = logging.getLogger("surestep.expressions")


class Condition:
    """A compiled `if`.

    Args:
        text: the expression.

    Raises:
        StepUsageError: it cannot be parsed, or is never true or false, whatever the event; specs are checked before, so
            this concerns text from handlers and commands.
    """

    def __init__(self, text: str) -> None:
        parsed = parse_expression(text)
        if isinstance(parsed, Problem):
            hint = f"; {parsed.hint}" if parsed.hint else ""
            raise StepUsageError(f"expression {text!r}: {parsed.message}{hint}")
        for problem in check_expression(parsed, _ANYWHERE, Use.ANSWER):
            if problem.code == _NO_BOOLEAN:
                raise StepUsageError(f"expression {text!r}: {problem.message}; {problem.hint}")
        self.text = text
        self._program = compile_expression(parsed)

    def holds(self, event: EventValue, other: EventValue | None, *, now_ms: int) -> bool:
        """Whether it is true; an expression that fails is false and is logged with the event's id.

        Args:
            event: the trigger as decoded JSON: name, data, id, ts, v.
            other: what `async` stands for.
            now_ms: what `now()` stands for.
        """

        def log(error: ExprError) -> None:
            _logger.warning("expression %r fails on event %s: %s", self.text, (other or event).get("id"), error.message)

        return evaluate_condition(self._program, event, other, now_ms=now_ms, on_error=log)


@functools.lru_cache(maxsize=1024)
def condition_of(text: str) -> Condition:
    """`Condition(text)`, made once: handlers and waiters come with the same few texts again and again."""
    return Condition(text)
