"""The wire form of every scalar, and that it reads back equal."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from surestep.authoring.bounds import EXACT_INTEGER, UNIQUE_ITEMS, ClockBounds, MultipleOf, OneOf
from surestep.authoring.wire import (
    Boolean,
    Bytes,
    Date,
    Datetime,
    DecimalText,
    Duration,
    Email,
    Integer,
    Json,
    ListOf,
    MapOf,
    Number,
    String,
    Time,
    Url,
    Uuid,
)

CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("annotation", "wire", "value"),
    [
        (String, '"x"', "x"),
        (Integer, "9223372036854775807", 2**63 - 1),
        (Integer, "-9223372036854775808", -(2**63)),
        (Number, "1.5", 1.5),
        (Boolean, "true", True),
        (Datetime, '"2024-01-31T12:00:00Z"', datetime(2024, 1, 31, 12, tzinfo=UTC)),
        (Datetime, '"2024-01-31T12:00:00.250000+01:00"', datetime(2024, 1, 31, 12, 0, 0, 250_000, CET)),
        (Date, '"2024-01-31"', date(2024, 1, 31)),
        (Time, '"12:30:00"', time(12, 30)),
        (Time, '"12:30:00+01:00"', time(12, 30, tzinfo=CET)),
        (Duration, '"1h30m"', timedelta(minutes=90)),
        (Duration, '"0s"', timedelta()),
        (Uuid, '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
        (DecimalText, '"12.50"', Decimal("12.50")),
        (Bytes, '"+/8="', b"\xfb\xff"),
        (Url, '"https://example.org/a?b=c"', "https://example.org/a?b=c"),
        (Email, '"ada@example.org"', "ada@example.org"),
        (Json, '{"a":[1,2.5,null,true,"x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (Json, "null", None),
        (ListOf[Duration], '["1s","2d"]', [timedelta(seconds=1), timedelta(days=2)]),
        (MapOf[Integer], '{"a":1}', {"a": 1}),
    ],
)
def test_a_scalar_has_one_spelling_on_the_wire(annotation: Any, wire: str, value: object) -> None:
    adapter = TypeAdapter(annotation)
    assert adapter.validate_json(wire) == value
    assert adapter.validate_python(value) == value
    assert adapter.dump_json(value).decode() == wire


@pytest.mark.parametrize(
    ("annotation", "wire", "value"),
    [
        (Datetime, '"2024-01-31t12:00:00z"', datetime(2024, 1, 31, 12, tzinfo=UTC)),
        (Duration, '"PT1H30M"', timedelta(minutes=90)),
        (DecimalText, "1.5", Decimal("1.5")),
        (DecimalText, "3", Decimal(3)),
        (Integer, "2.0", 2),
        (Number, "2", 2.0),
        (Uuid, '"6BA7B810-9DAD-11D1-80B4-00C04FD430C8"', UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
    ],
)
def test_other_spellings_are_read(annotation: Any, wire: str, value: object) -> None:
    assert TypeAdapter(annotation).validate_json(wire) == value


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (String, "1"),
        (Integer, "1.5"),
        (Integer, "1e19"),
        (Integer, '"1"'),
        (Integer, "true"),
        (Integer, "9223372036854775808"),
        (Number, '"1"'),
        (Number, "1e999"),
        (Number, "NaN"),
        (Boolean, "1"),
        (Boolean, '"true"'),
        (Datetime, '"2024-01-31T12:00:00"'),
        (Datetime, '"2024-02-30T12:00:00Z"'),
        (Datetime, "1706702400"),
        (Datetime, '"1706702400"'),
        (Date, '"2024-01-31T00:00:00Z"'),
        (Time, '"25:00:00"'),
        (Time, '"12:30"'),
        (Duration, '"90"'),
        (Duration, "90"),
        (Duration, '"-1s"'),
        (Duration, '"1.5h"'),
        (Duration, '"999999999999999999w"'),
        (Uuid, '"6ba7b8109dad11d180b400c04fd430c8"'),
        (DecimalText, '"NaN"'),
        (DecimalText, '"1_000"'),
        (DecimalText, "true"),
        (Bytes, '"a"'),
        (Bytes, '"-_8="'),
        (Url, '"example.org"'),
        (Email, '"ada"'),
        (Json, "[1e999]"),
        (Json, "[9223372036854775808]"),
    ],
)
def test_what_is_not_a_scalar_is_refused(annotation: Any, wire: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(annotation).validate_json(wire)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Datetime, datetime(2024, 1, 31, 12)),  # noqa: DTZ001 -- without a zone on purpose
        (Date, datetime(2024, 1, 31, tzinfo=UTC)),
        (Duration, timedelta(seconds=-1)),
        (Duration, timedelta(microseconds=1)),
        (DecimalText, Decimal("Infinity")),
        (Json, float("nan")),
    ],
)
def test_python_values_that_would_not_survive_the_wire_are_refused(annotation: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(annotation).validate_python(value)


def test_a_named_time_zone_becomes_its_offset_so_that_the_value_equals_what_is_read_back() -> None:
    adapter = TypeAdapter[datetime](Datetime)
    value = adapter.validate_python(datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1))
    assert value.utcoffset() == timedelta(hours=1)
    assert adapter.validate_json(adapter.dump_json(value)) == value


def test_an_offset_finer_than_a_minute_becomes_utc() -> None:
    adapter = TypeAdapter[datetime](Datetime)
    value = adapter.validate_python(datetime(1900, 1, 1, tzinfo=ZoneInfo("Europe/Paris")))
    assert adapter.dump_json(value) == b'"1899-12-31T23:50:39Z"'


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (Annotated[Integer, Field(ge=1)], "1", "0"),
        (Annotated[DecimalText, Field(gt=Decimal("0.5"))], '"0.6"', '"0.5"'),
        (Annotated[DecimalText, MultipleOf(Decimal("0.5"))], '"1.5"', '"1.7"'),
        (Annotated[DecimalText, MultipleOf(Decimal("0.01"))], '"1e40"', '"1e-40"'),
        (Annotated[Duration, Field(le=timedelta(hours=1))], '"1h"', '"1h1s"'),
        (Annotated[Date, Field(lt=date(2024, 1, 1))], '"2023-12-31"', '"2024-01-01"'),
        (Annotated[Bytes, Field(max_length=2)], '"aaa="', '"aaaa"'),
        (Annotated[String, Field(pattern="b")], '"abc"', '"ac"'),
        (Annotated[Time, ClockBounds(ge=time(9), lt=time(17))], '"09:00:00+05:00"', '"17:00:00"'),
        (Annotated[Time, ClockBounds(gt=time(9), le=time(17))], '"17:00:00"', '"09:00:00Z"'),
        (Annotated[ListOf[Number], UNIQUE_ITEMS], "[1,2]", "[1,1.0]"),
        (Annotated[ListOf[Json], UNIQUE_ITEMS], '[1,true,"1",{"a":1}]', '[{"a":1,"b":0},{"b":-0.0,"a":1.0}]'),
        (Annotated[ListOf[DecimalText], UNIQUE_ITEMS], '["1.0","1.00",1]', "[1,1.0]"),
        (Annotated[Number, OneOf((1.5, 2.0))], "2", "3"),
        (Annotated[Literal[1, 2], EXACT_INTEGER], "1.0", "1.5"),
        (Annotated[Literal[1, 2], EXACT_INTEGER], "2", "true"),
    ],
)
def test_bounds_stand_beside_the_scalar(annotation: Any, good: str, bad: str) -> None:
    adapter = TypeAdapter(annotation)
    adapter.validate_json(good)
    with pytest.raises(ValidationError):
        adapter.validate_json(bad)


@pytest.mark.parametrize("wire", ['"abc"', '"1h"'])
def test_a_union_takes_the_first_member_that_fits_and_writes_what_it_read(wire: str) -> None:
    adapter = TypeAdapter[timedelta | str](Annotated[Duration | String, Field(union_mode="left_to_right")])
    assert adapter.dump_json(adapter.validate_json(wire), warnings="error").decode() == wire


def test_a_refusal_says_what_is_wanted() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Datetime).validate_json('"yesterday"')
    assert caught.value.errors()[0]["msg"] == (
        "Input should be a date and time with its offset, such as 2025-01-31T12:00:00Z"
    )
