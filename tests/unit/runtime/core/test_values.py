"""What is stored comes back as it was, down to the types of its parts, or is refused with the path of what differs."""

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NewType, Optional, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from surestep.core.values import codec_of_callable, codec_of_type
from surestep.errors import StepResultError

if TYPE_CHECKING:
    from fractions import Fraction

T = TypeVar("T")


class Size(StrEnum):
    S = "s"
    L = "l"


class Level(IntEnum):
    LOW = 1


class Color(Enum):
    RED = "red"


class Mixed(Enum):
    ONE = "one"
    TWO = 2


class Point(NamedTuple):
    x: int
    label: str = ""


class Line(TypedDict, total=False):
    start: Point
    size: Size


@dataclass(frozen=True)
class Box(Generic[T]):
    content: T
    notes: list[str] = field(default_factory=list)


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: Optional["Page[T]"] = None


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: int


class Base(BaseModel):
    id: int


class Derived(Base):
    more: str = "more"


UserId = NewType("UserId", str)

SURVIVING: list[tuple[object, object]] = [
    (2**64, int),
    (-(10**60), Any),
    (1.5, Any),
    (-0.0, float),
    (1e308, float),
    (math.nan, float),
    ([math.inf, -math.inf, math.nan], list[float]),
    (0, float),
    ("", str),
    ("\u2028 \U0001f600 \x00", Any),
    (UserId("u"), UserId),
    (b"", bytes),
    (datetime(2026, 1, 2, 3, 4, 5, 6, timezone(timedelta(hours=-3, minutes=-30))), datetime),
    (datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")), datetime),
    (datetime(2026, 1, 2, 3, 4), datetime),  # noqa: DTZ001 -- without a zone is a value, too
    (date(1, 1, 1), date),
    (time(23, 59, 59, 999999), time),
    (timedelta(days=-3, microseconds=7), timedelta),
    (Decimal("1E+3"), Decimal),
    (Decimal("-0.00"), Decimal),
    (UUID(int=5), UUID),
    (IPv4Address("127.0.0.1"), IPv4Address),
    (Path("a/b"), Path),
    (Size.L, Size),
    ([Size.S], list[Size]),
    ({Size.S: Level.LOW}, dict[Size, Level]),
    (frozenset({Color.RED}), frozenset[Color]),
    ((1, ("a", None)), tuple[int, tuple[str, None]]),
    ((), tuple[int, ...]),
    ({(1, 2), (3, 4)}, set[tuple[int, int]]),
    (Point(1, "a"), Point),
    ([Point(1)], Sequence[Point]),
    ({"start": Point(1), "size": Size.S}, Line),
    ({}, Line),
    (None, int | None),
    ("1", int | str),
    (1, int | str),
    (1.0, int | float),
    ([None, 3], list[int | None]),
    (Box(Point(1)), Box[Point]),
    (Page[Size](items=[Size.S], next=Page[Size](items=[])), Page[Size]),
    (Loose(id=1, more=[1, None]), Loose),  # type: ignore[call-arg]
    ({1: {2: b"x"}}, dict[int, dict[int, bytes]]),
    ({date(2026, 1, 1): Decimal(1)}, dict[date, Decimal]),
    ([{"a": [True, None, "x", 1, 1.5]}], Any),
]


@pytest.mark.parametrize(("value", "annotation"), SURVIVING, ids=repr)
def test_what_survives_comes_back_equal_and_of_the_same_types(value: object, annotation: object) -> None:
    codec = codec_of_type(annotation)

    decoded = codec.decode(codec.encode(value, "step 'make'"))

    if isinstance(value, float) and math.isnan(value):
        assert math.isnan(decoded)
    elif isinstance(value, list) and math.inf in value:
        assert str(decoded) == str(value)
    else:
        assert decoded == value
        assert type(decoded) is (float if annotation is float else type(value))


REFUSED: list[tuple[object, object, str]] = [
    ([Size.S], Any, "result[0] is a Size but would come back as a str"),
    ([Size.S], list[str], "result[0] is a Size but would come back as a str"),
    ({"a": {"b": Level.LOW}}, Any, "result['a']['b'] is a Level but would come back as an int"),
    ({Size.S: 1}, dict[str, int], "'s' in result is a Size but would come back as a str"),
    ({1: "a"}, Any, "result would come back without 1"),
    ({"s": 1, Size.L: 2}, Any, "'l' in result is a Size but would come back as a str"),
    ({Size.S}, set[str], "'s' in result is a Size but would come back as a str"),
    ({1, 2}, Any, "result is a set but would come back as a list"),
    ([(1, 2)], list[Any], "result[0] is a tuple but would come back as a list"),
    ((1,), Sequence[int], "result is a tuple but would come back as a list"),
    ("1.5", Decimal | str, "result is a str but would come back as a Decimal"),
    (Derived(id=1), Base, "result is a Derived but would come back as a Base"),
    (Counter("a"), dict[str, int], "result is a Counter but would come back as a dict"),
    ([True], list[int], "result[0] is a bool but would come back as an int"),
    (Box(b"x"), Box[Any], "result.content is a bytes but would come back as a str"),
    (Loose(id=1, at=date(2026, 1, 1)), Loose, "result.at is a date but would come back as a str"),  # type: ignore[call-arg]
    (2**60 + 1, float, "result is an int but would come back as a float"),
    (math.inf, Any, "result is a float but would come back as a str"),
]


@pytest.mark.parametrize(("value", "annotation", "difference"), REFUSED, ids=repr)
def test_what_would_come_back_otherwise_is_refused_with_its_path(
    value: object, annotation: object, difference: str
) -> None:
    with pytest.raises(StepResultError) as caught:
        codec_of_type(annotation).encode(value, "step 'make'")

    assert str(caught.value) == f"the result of step 'make' would not come back the same: {difference}"


@pytest.mark.parametrize(
    ("value", "annotation", "reason"),
    [
        ({"a": [object()]}, Any, "result['a'][0] is an object"),
        ("\ud800", str, "result is a str with half of a surrogate pair"),
        (Decimal("NaN"), Decimal, "it could not be read back, result: Input should be a finite number"),
        ({Mixed.TWO: 1}, dict[Mixed, int], "it could not be read back, result['2'] (the key): Input should be 'one'"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_path(value: object, annotation: object, reason: str) -> None:
    with pytest.raises(StepResultError) as caught:
        codec_of_type(annotation).encode(value, "step 'make'")

    assert str(caught.value).startswith(f"the result of step 'make' cannot be stored: {reason}")


async def fetched() -> Point: ...  # type: ignore[empty-body]


def promised() -> Awaitable[Point]: ...  # type: ignore[empty-body]


def first_of(items: list[T]) -> T:
    return items[0]


def hidden() -> "Fraction": ...  # type: ignore[empty-body]


def from_hidden(fraction: "Fraction") -> list[Size]: ...  # type: ignore[empty-body]


@pytest.mark.parametrize(
    ("body", "value"), [(fetched, Point(1)), (promised, Point(1)), (from_hidden, [Size.S]), (Point, Point(2))]
)
def test_the_return_annotation_of_a_body_says_how_its_result_is_stored(body: Callable[..., Any], value: object) -> None:
    codec = codec_of_callable(body)
    decoded = codec.decode(codec.encode(value, "it"))
    assert (decoded, type(decoded)) == (value, type(value))


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (lambda: None, "; state the result's type: give the function a return annotation (a lambda cannot have one)"),
        (first_of, "; state the result's type: give the function a return annotation (a lambda cannot have one)"),
        (hidden, "; its return annotation cannot be read: name 'Fraction' is not defined"),
    ],
)
def test_where_nothing_says_it_the_message_tells_what_to_do(body: Callable[..., Any], hint: str) -> None:
    with pytest.raises(StepResultError) as caught:
        codec_of_callable(body).encode((1,), "step 'make'")

    assert str(caught.value) == (
        "the result of step 'make' would not come back the same: result is a tuple but would come back as a list" + hint
    )


def test_a_generic_model_made_without_its_parameters_comes_back_with_them() -> None:
    codec = codec_of_type(Page[Size])
    assert codec.decode(codec.encode(Page(items=[Size.S]), "it")) == Page[Size](items=[Size.S])


def test_a_type_that_pydantic_refuses_is_named_or_explained() -> None:
    class Odd: ...

    with pytest.raises(StepResultError, match=r"nothing says how a .*Odd is written as JSON; return a pydantic model"):
        codec_of_type(Odd)


def test_time_zones_may_change_their_name_but_not_the_instant() -> None:
    codec = codec_of_type(datetime)
    value = datetime(2026, 1, 2, tzinfo=UTC)
    assert codec.decode(codec.encode(value, "it")) == value
