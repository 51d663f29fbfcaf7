"""Texts that are a language of their own: what they say to mypy, and what is wrong with durations."""

from typing import NamedTuple

from mypy.types import Instance, LiteralType, Type, get_proper_type

from surestep_dsl.diagnostics import Severity
from surestep_dsl.duration import DURATION_HINT, parse_duration

__all__ = ["Mistake", "find_duration_mistake", "literal_text"]


def literal_text(found: Type) -> str | None:
    """The text that a value is, where mypy knows it: a literal, or a constant that stands for one."""
    proper = get_proper_type(found)
    literal = proper.last_known_value if isinstance(proper, Instance) else proper
    return literal.value if isinstance(literal, LiteralType) and isinstance(literal.value, str) else None


class Mistake(NamedTuple):
    """What is wrong with a text, in one sentence; less than an error is what may be meant so."""

    message: str
    severity: Severity = Severity.ERROR


def find_duration_mistake(text: str) -> Mistake | None:
    """A text must be a duration."""
    return None if parse_duration(text) is not None else Mistake(f"{text!r} is no duration; {DURATION_HINT}")
