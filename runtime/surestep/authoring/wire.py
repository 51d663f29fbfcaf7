"""How each scalar of the spec language is spelt on the wire and typed in Python.

Generated classes are annotated with these aliases, one per field, so that strictness never depends on a model-wide
switch. What is decided here: the wire form of every scalar, and that a value reads back equal to what was written.
Bounds of a single field stand beside it in the generated class, from pydantic or from `bounds`; fields that may be left
out are the matter of `absence`.

Texts are read in the same way from JSON and from Python, so a dict of JSON values may be validated too; type checkers
accept only the Python type.
"""

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, JsonValue, Strict
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    PydanticSerializationUnexpectedValue,
    core_schema,
)

from surestep_dsl.datatypes import ScalarKind
from surestep_dsl.duration import format_duration, parse_duration
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER
from surestep_dsl.wire import is_wire_value

__all__ = [
    "Boolean",
    "Bytes",
    "Date",
    "Datetime",
    "DecimalText",
    "Duration",
    "Email",
    "Integer",
    "Json",
    "ListOf",
    "MapOf",
    "Number",
    "Sensitive",
    "String",
    "Time",
    "Url",
    "Uuid",
    "read_whole",
]

T = TypeVar("T")

_EXAMPLES: Final = {
    ScalarKind.DATETIME: "a date and time with its offset, such as 2025-01-31T12:00:00Z",
    ScalarKind.DATE: "a date such as 2025-01-31",
    ScalarKind.TIME: "a time of day such as 12:30:00",
    ScalarKind.DURATION: "a duration such as 1h30m",
    ScalarKind.UUID: "a UUID such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ScalarKind.DECIMAL: "a decimal such as 12.50",
    ScalarKind.BYTES: "base64 text",
    ScalarKind.URL: "a URL such as https://example.org/path",
    ScalarKind.EMAIL: "an e-mail address",
}


def _refusal(kind: ScalarKind) -> PydanticCustomError:
    return PydanticCustomError("surestep_scalar", "Input should be {example}", {"example": _EXAMPLES[kind]})


def _same(value: T) -> T:
    return value


@dataclass(frozen=True, slots=True)
class _Text(Generic[T]):
    """A Python value whose wire form is a text.

    Attributes:
        kind: decides which texts are right.
        python: the class of the value; only a date is taken by exact class, since a datetime is one too.
        read: makes the value of a right text.
        write: the wire text.
        check: what a value must fulfil to survive the wire; it may put the value into its canonical form.
    """

    kind: ScalarKind
    python: type[T]
    read: Callable[[str], T]
    write: Callable[[T], str]
    check: Callable[[T], T] = _same

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._serialize, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def _validate(self, value: object) -> T:
        try:
            if isinstance(value, self.python) and not (self.python is date and isinstance(value, datetime)):
                return self.check(value)
            if isinstance(value, str | int | float) and is_wire_value(self.kind, value):
                return self.check(self.read(str(value)))
        except (ValueError, OverflowError):
            pass
        raise _refusal(self.kind)

    def _serialize(self, value: T) -> str:
        if not isinstance(value, self.python):
            raise PydanticSerializationUnexpectedValue(f"expected {_EXAMPLES[self.kind]}")
        return self.write(value)


@dataclass(frozen=True, slots=True)
class _Format:
    """Narrows a text without changing it."""

    kind: ScalarKind

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._validate, handler(source))

    def _validate(self, value: str) -> str:
        if not is_wire_value(self.kind, value):
            raise _refusal(self.kind)
        return value


def _iso(value: date | datetime | time) -> str:
    text = value.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _check_datetime(value: datetime) -> datetime:
    """With a fixed offset of whole minutes: what RFC 3339 can say, and comparable without a time zone database."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("no offset")
    if offset % timedelta(minutes=1):
        return value.astimezone(UTC)
    return value.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


def _check_time(value: time) -> time:
    offset = value.utcoffset()
    if value.tzinfo is not None and (offset is None or offset % timedelta(minutes=1)):
        raise ValueError("no fixed offset of whole minutes")
    return value if offset is None else value.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


def _check_duration(value: timedelta) -> timedelta:
    if value < timedelta(0) or value % timedelta(milliseconds=1):
        raise ValueError("negative, or finer than a millisecond")
    return value


def _check_decimal(value: Decimal) -> Decimal:
    if not is_wire_value(ScalarKind.DECIMAL, str(value)):
        raise ValueError("not finite, or with a huge exponent")
    return value


def read_whole(value: object) -> object:
    """JSON has one kind of number: 5.0 is the whole number 5, as for JSON Schema and for the language's own checks."""
    return int(value) if type(value) is float and value.is_integer() else value


def _check_json(value: JsonValue) -> JsonValue:
    pending = [value]
    while pending:
        match pending.pop():
            case float() as number if not math.isfinite(number):
                raise PydanticCustomError("surestep_json", "Input should have finite numbers only")
            case int() as number if not MIN_INTEGER <= number <= MAX_INTEGER:
                raise PydanticCustomError("surestep_json", "Input should have integers of at most 64 bits")
            case list() as items:
                pending.extend(items)
            case dict() as members:
                pending.extend(members.values())
            case _:
                pass
    return value


String: TypeAlias = Annotated[str, Strict()]
Integer: TypeAlias = Annotated[int, Strict(), Field(ge=MIN_INTEGER, le=MAX_INTEGER), BeforeValidator(read_whole)]
Number: TypeAlias = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Boolean: TypeAlias = Annotated[bool, Strict()]
Datetime: TypeAlias = Annotated[
    datetime,
    _Text(ScalarKind.DATETIME, datetime, lambda text: datetime.fromisoformat(text.upper()), _iso, _check_datetime),
]
Date: TypeAlias = Annotated[date, _Text(ScalarKind.DATE, date, date.fromisoformat, _iso)]
Time: TypeAlias = Annotated[
    time, _Text(ScalarKind.TIME, time, lambda text: time.fromisoformat(text.upper()), _iso, _check_time)
]
Duration: TypeAlias = Annotated[
    timedelta,
    _Text(
        ScalarKind.DURATION,
        timedelta,
        lambda text: timedelta(milliseconds=parse_duration(text) or 0),
        lambda value: format_duration(value // timedelta(milliseconds=1)),
        _check_duration,
    ),
]
Uuid: TypeAlias = Annotated[UUID, _Text(ScalarKind.UUID, UUID, UUID, str)]
DecimalText: TypeAlias = Annotated[Decimal, _Text(ScalarKind.DECIMAL, Decimal, Decimal, str, _check_decimal)]
Bytes: TypeAlias = Annotated[
    bytes, _Text(ScalarKind.BYTES, bytes, base64.b64decode, lambda value: base64.b64encode(value).decode())
]
Url: TypeAlias = Annotated[str, Strict(), _Format(ScalarKind.URL)]
Email: TypeAlias = Annotated[str, Strict(), _Format(ScalarKind.EMAIL)]
Json: TypeAlias = Annotated[JsonValue, AfterValidator(_check_json)]
ListOf: TypeAlias = list[T]
MapOf: TypeAlias = dict[str, T]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Marks a field whose value stays out of logs, the dashboard and plain storage."""
