"""Function options as a Python expression in which only what differs from the defaults is spelt."""

from dataclasses import MISSING, fields, is_dataclass
from enum import Enum

from surestep_codegen.python import Scope

__all__ = ["spell_options"]


def spell_options(value: object, scope: Scope) -> str:
    """Source that makes an equal value; options are made of frozen dataclasses, tuples, enums and plain values."""
    if isinstance(value, Enum):
        return f"{scope.library(type(value).__module__, type(value).__name__)}.{value.name}"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return f"({', '.join(spell_options(item, scope) for item in value)}{comma})"
    if is_dataclass(value) and not isinstance(value, type):
        given = ", ".join(
            f"{found.name}={spell_options(getattr(value, found.name), scope)}"
            for found in fields(value)
            if found.default is MISSING or getattr(value, found.name) != found.default
        )
        return f"{scope.library(type(value).__module__, type(value).__name__)}({given})"
    return repr(value)
