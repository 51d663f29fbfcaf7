"""Bounds that pydantic's `Field` does not know: marks beside the scalar in generated classes."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, from_json, to_json

from surestep.authoring.wire import read_whole
from surestep_dsl.json_text import canonical_json

__all__ = ["EXACT_INTEGER", "UNIQUE_ITEMS", "ClockBounds", "MultipleOf", "OneOf"]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Only these numbers: an enum of numbers that are not all whole has no `Literal`."""

    values: tuple[float, ...]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: float) -> float:
        if value not in self.values:
            listed = " or ".join(map(str, self.values))
            raise PydanticCustomError("surestep_enum", "Input should be {values}", {"values": listed})
        return value


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """Bounds of a time of day by the clock; an offset plays no part, so times with and without one compare."""

    ge: time | None = None
    le: time | None = None
    gt: time | None = None
    lt: time | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: time) -> time:
        clock = value.replace(tzinfo=None)
        too_early = (self.ge is not None and clock < self.ge) or (self.gt is not None and clock <= self.gt)
        too_late = (self.le is not None and clock > self.le) or (self.lt is not None and clock >= self.lt)
        if too_early or too_late:
            raise PydanticCustomError("surestep_time", "Input should be a time of day within the stated bounds")
        return value


@dataclass(frozen=True, slots=True)
class MultipleOf:
    """Only whole multiples, exactly: pydantic computes with 28 digits and fails beyond them."""

    step: Decimal

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: Decimal) -> Decimal:
        if Fraction(value) % Fraction(self.step):
            raise PydanticCustomError(
                "surestep_multiple", "Input should be a multiple of {step}", {"step": str(self.step)}
            )
        return value


def _refuse_other_than_integer(value: object) -> object:
    whole = read_whole(value)
    if type(whole) is not int and not isinstance(whole, Enum):
        raise PydanticCustomError("surestep_integer", "Input should be a whole number")
    return whole


EXACT_INTEGER: Final = BeforeValidator(_refuse_other_than_integer)
"""For an enum of whole numbers: true equals 1 but is another value on the wire."""


def _refuse_doubles(items: object) -> object:
    if isinstance(items, list | tuple):
        values = from_json(to_json(items, by_alias=True, fallback=repr))
        if len({canonical_json(value) for value in values}) < len(values):
            raise PydanticCustomError("surestep_unique", "Input should have no item twice")
    return items


UNIQUE_ITEMS: Final = BeforeValidator(_refuse_doubles)
"""For a list whose items differ as JSON, as they are on the wire: 1 and 1.0 are equal, "1.0" and "1.00" are not."""
