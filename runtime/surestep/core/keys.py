"""Keys of flow control at run time: compiled once, evaluated once for each event."""

import functools
import logging

from surestep.errors import StepUsageError
from surestep_dsl.expr import EventValue, ExprError, Problem, compile_expression, evaluate_key, parse_expression

__all__ = ["Key", "key_of"]

_logger = logging.getLogger("surestep.expressions")


class Key:
    """A compiled key.

    Args:
        text: the expression; specs are checked before, so it can be parsed.

    Raises:
        StepUsageError: it cannot.
    """

    def __init__(self, text: str) -> None:
        parsed = parse_expression(text)
        if isinstance(parsed, Problem):
            raise StepUsageError(f"key {text!r}: {parsed.message}")
        self.text = text
        self._program = compile_expression(parsed)

    def value(self, event: EventValue, *, now_ms: int) -> str | None:
        """The key's value as text; None where the expression fails on this event, which is logged with its id."""
        found = evaluate_key(self._program, event, now_ms=now_ms)
        if isinstance(found, ExprError):
            _logger.warning("key %r fails on event %s: %s", self.text, event.get("id"), found)
            return None
        return found


@functools.lru_cache(maxsize=1024)
def key_of(text: str) -> Key:
    """`Key(text)`, made once."""
    return Key(text)
