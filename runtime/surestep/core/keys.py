"""Keys and priorities of flow control at run time: compiled once, evaluated once for each event."""

import functools
import hashlib
import logging

from surestep.errors import StepUsageError
from surestep.limits import KEY_CHARS
from surestep_dsl.expr import (
    EventValue,
    ExprError,
    Problem,
    compile_expression,
    evaluate_key,
    evaluate_priority,
    parse_expression,
)
from surestep_dsl.expr.evaluate import Program

__all__ = ["Key", "Priority", "key_of", "priority_of"]

_logger = logging.getLogger("surestep.expressions")


class Key:
    """A compiled key.

    Args:
        text: the expression; specs are checked before, so it can be parsed.

    Raises:
        StepUsageError: it cannot.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._program = _compile("key", text)

    def value(self, event: EventValue, *, now_ms: int) -> str | None:
        """The key's value as text; None where the expression fails on this event, which is logged with its id."""
        found = evaluate_key(self._program, event, now_ms=now_ms)
        if isinstance(found, ExprError):
            _logger.warning("key %r fails on event %s: %s", self.text, event.get("id"), found.message)
            return None
        return found if len(found) <= KEY_CHARS else _shortened(found)


class Priority:
    """A compiled priority. Arguments and errors as of a key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._program = _compile("priority", text)

    def value(self, event: EventValue, *, now_ms: int) -> int:
        """Seconds, clipped to their range; 0 where the expression fails on this event, which is logged with its id."""
        found = evaluate_priority(self._program, event, now_ms=now_ms)
        if isinstance(found, ExprError):
            _logger.warning("priority %r fails on event %s: %s", self.text, event.get("id"), found.message)
            return 0
        return found


def _shortened(value: str) -> str:
    """Different for different values, and within the limit."""
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return value[: KEY_CHARS - len(digest)] + digest


def _compile(what: str, text: str) -> Program:
    parsed = parse_expression(text)
    if isinstance(parsed, Problem):
        raise StepUsageError(f"{what} {text!r}: {parsed.message}")
    return compile_expression(parsed)


@functools.lru_cache(maxsize=1024)
def priority_of(text: str) -> Priority:
    """`Priority(text)`, made once."""
    return Priority(text)


@functools.lru_cache(maxsize=1024)
def key_of(text: str) -> Key:
    """`Key(text)`, made once."""
    return Key(text)
