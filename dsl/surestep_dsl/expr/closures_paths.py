"""Closures that read fields and items. A strict one raises where something is missing, a lenient one gives null."""

from typing import Any, Final

from surestep_dsl.expr.frame import Code, Frame, Turn
from surestep_dsl.expr.operators import index_of
from surestep_dsl.expr.values import EvaluationError

__all__ = ["MISSING", "has_field", "read_fields", "read_index", "read_item", "read_slot", "read_slot_fields"]

# A text key never fits a list, a text or null, so these are all the ways in which a field can be missing.
MISSING: Final = (KeyError, TypeError, IndexError)


def read_slot(slot: int) -> Code:
    """`event`, `async` or a loop variable, as a whole."""

    def read(frame: Frame) -> Any:
        return frame[slot]

    return read


def read_slot_fields(slot: int, fields: tuple[str, ...], *, lenient: bool) -> Code:
    """`event.data.a`: the most frequent node, so the depths people write have closures of their own."""
    if len(fields) == 1:
        return _read_one(slot, *fields, lenient=lenient)
    if len(fields) == 2:
        return _read_two(slot, *fields, lenient=lenient)
    if len(fields) == 3:
        return _read_three(slot, *fields, lenient=lenient)
    return read_fields(read_slot(slot), fields, lenient=lenient)


def _read_one(slot: int, field: str, *, lenient: bool) -> Code:
    def read(frame: Frame) -> Any:
        try:
            return frame[slot][field]
        except MISSING:
            if lenient:
                return None
            raise EvaluationError(f"there is no `{field}`") from None

    return read


def _read_two(slot: int, first: str, second: str, *, lenient: bool) -> Code:
    def read(frame: Frame) -> Any:
        try:
            return frame[slot][first][second]
        except MISSING:
            if lenient:
                return None
            raise EvaluationError(f"there is no `{first}.{second}`") from None

    return read


def _read_three(slot: int, first: str, second: str, third: str, *, lenient: bool) -> Code:
    def read(frame: Frame) -> Any:
        try:
            return frame[slot][first][second][third]
        except MISSING:
            if lenient:
                return None
            raise EvaluationError(f"there is no `{first}.{second}.{third}`") from None

    return read


def read_fields(of: Code, fields: tuple[str, ...], *, lenient: bool) -> Code:
    """Fields of any value."""

    def read(frame: Frame) -> Any:
        value = of(frame)
        try:
            for field in fields:
                value = value[field]
        except MISSING:
            if lenient:
                return None
            raise EvaluationError(f"there is no `{'.'.join(fields)}`") from None
        return value

    return read


def read_index(of: Code, key: Code, *, lenient: bool) -> Code:
    """`of[key]` with a key that is computed or a number."""

    def read(frame: Frame) -> Any:
        whole, wanted = of(frame), key(frame)
        try:
            return index_of(whole, wanted)
        except LookupError:
            if lenient:
                return None
            raise EvaluationError(f"there is no item `{str(wanted)[:50]}`") from None

    return read


def has_field(of: Code, field: str) -> Code:
    """`has(of.field)`; false also where `of` itself is missing."""

    def has(frame: Frame) -> bool:
        whole = of(frame)
        return isinstance(whole, dict) and field in whole

    return has


def read_item(field: str) -> Turn:
    """`item.field` in a loop."""

    def read(_frame: Frame, item: Any) -> Any:
        try:
            return item[field]
        except MISSING:
            raise EvaluationError(f"there is no `{field}`") from None

    return read
