"""Samples of hand-written classes that say what generated ones say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from surestep import Data, Event
from surestep.authoring.absence import ABSENT, Absentable, Omittable
from surestep.authoring.bounds import UNIQUE_ITEMS
from surestep.authoring.wire import (
    Boolean,
    Bytes,
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
    Url,
    Uuid,
)


class Line(Data, frozen=True):
    sku: Annotated[String, Field(pattern=r"^[A-Z]{3}-\d{2}$")]
    quantity: Annotated[Integer, Field(ge=3)]


class PlacedData(Data, frozen=True):
    order_id: Annotated[String, Field(alias="orderId")]
    lines: ListOf[Line]
    note: Omittable[String] = None
    hint: Absentable[String] = ABSENT
    currency: String = "eur"
    gift: Line | None


class Placed(Event, frozen=True):
    id_template: ClassVar[str | None] = "placed-{orderId}"
    name: Literal["order/placed"] = "order/placed"
    data: PlacedData


class Scalars(Data, frozen=True):
    number: Number
    yes: Boolean
    at: Datetime
    within: Duration
    key: Uuid
    price: DecimalText
    raw: Bytes
    home: Url
    email: Email
    anything: Json
    prices: MapOf[Number]
    tags: Annotated[ListOf[String], Field(min_length=3), UNIQUE_ITEMS]


class Node(Data, frozen=True):
    children: "ListOf[Node]"
    parent: "Node | None"


class Priced(Data, frozen=True, json_schema_extra={"examples": [{"price": "9.50", "sku": "ABC-12"}]}):
    price: DecimalText
    sku: Annotated[String, Field(pattern=r"^[A-Z]{3}-\d{2}$")]
    rebate: Omittable[DecimalText] = None


class Unmatchable(Data, frozen=True):
    word: Annotated[String, Field(pattern=r"^\p{Greek}$")]


def test_a_sample_has_what_must_be_there() -> None:
    assert Placed.sample() == Placed(
        data=PlacedData(order_id="orderId", lines=[Line(sku="AAA-11", quantity=3)], gift=Line(sku="AAA-11", quantity=3))
    )


def test_an_id_is_filled_from_the_template() -> None:
    assert Placed.sample().id == "placed-orderId"


def test_every_scalar_has_a_plain_value() -> None:
    sample = Scalars.sample()
    assert (sample.number, sample.yes, sample.within, sample.price) == (1.0, True, timedelta(hours=1), Decimal(1))
    assert (sample.at, sample.raw) == (datetime(2024, 1, 1, 12, tzinfo=UTC), b"bytes")
    assert (str(sample.key), sample.email) == ("00000000-0000-4000-8000-000000000001", "ada@example.org")
    assert (sample.home, sample.anything, sample.prices) == ("https://example.org/", {}, {"prices": 1.0})


def test_items_that_must_differ_are_numbered() -> None:
    assert Scalars.sample().tags == ["tags", "tags2", "tags3"]


def test_a_type_that_contains_itself_ends_soon() -> None:
    assert Node.sample() == Node(children=[], parent=None)


def test_an_example_of_the_spec_goes_first() -> None:
    assert Priced.sample() == Priced(price=Decimal("9.50"), sku="ABC-12")


def test_an_example_can_be_changed() -> None:
    assert Priced.sample(rebate=Decimal(1)) == Priced(price=Decimal("9.50"), sku="ABC-12", rebate=Decimal(1))


def test_overrides_reach_into_objects_and_lists() -> None:
    sample = Placed.sample(ts=5, data={"order_id": "7", "lines": [{"quantity": 4}, Line(sku="XYZ-99", quantity=9)]})
    assert (sample.ts, sample.id, sample.data.order_id) == (5, "placed-7", "7")
    assert sample.data.lines == [Line(sku="AAA-11", quantity=4), Line(sku="XYZ-99", quantity=9)]


def test_an_override_may_be_an_object() -> None:
    data = PlacedData(order_id="8", lines=[], gift=None)
    assert Placed.sample(data=data).data is data


@pytest.mark.parametrize("absent", [{"note": None}, {"hint": ABSENT}])
def test_a_field_may_be_left_out(absent: dict[str, Any]) -> None:
    assert PlacedData.sample(**absent) == PlacedData.sample()


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(TypeError, match=r"^PlacedData has no field 'orderId'; there are order_id, lines, note"):
        Placed.sample(data={"orderId": "7"})


def test_a_wrong_override_is_refused() -> None:
    with pytest.raises(ValidationError, match="quantity"):
        Line.sample(quantity=2)


def test_a_value_that_cannot_be_made_up_can_be_given() -> None:
    with pytest.raises(TypeError, match=r"^no sample of Unmatchable.word \(string with pattern"):
        Unmatchable.sample()
    assert Unmatchable.sample(word="λ").word == "λ"
