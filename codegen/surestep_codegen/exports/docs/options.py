"""What a function's options say, as pairs of name and text."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Final

from surestep_dsl.duration import format_duration
from surestep_dsl.flow import FunctionOptions

__all__ = ["option_rows"]

_SHOWN_ELSEWHERE: Final = {"id", "name", "description", "triggers", "cancel_on", "emits", "job"}


def option_rows(options: FunctionOptions) -> Iterator[tuple[str, str]]:
    """Each option that is stated, in the order of the language."""
    for field in fields(options):
        value: object = getattr(options, field.name)
        if field.name in _SHOWN_ELSEWHERE or value == field.default:
            continue
        for part in value if isinstance(value, tuple) else (value,):
            yield field.name, _spell(part)


def _spell(value: object) -> str:
    if value is True:
        return "yes"
    if not is_dataclass(value) or isinstance(value, type):
        return str(value)
    parts = ((field.name, getattr(value, field.name)) for field in fields(value))
    return ", ".join(_part(name, part) for name, part in parts if part is not None)


def _part(name: str, value: object) -> str:
    label = name.removesuffix("_ms").replace("_", " ")
    if name.endswith("_ms") and isinstance(value, int):
        return f"{label} {format_duration(value)}"
    if is_dataclass(value):
        return f"{label} ({_spell(value)})"
    return f"{label} {value.value if isinstance(value, StrEnum) else value}"
