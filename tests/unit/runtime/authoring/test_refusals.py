"""What is said about an event that does not fit: where, what is wanted, and what stands there instead."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from surestep.authoring.absence import Absentable, Omittable
from surestep.authoring.bounds import MultipleOf
from surestep.authoring.events import Data, Event
from surestep.authoring.refusals import find_faults
from surestep.authoring.wire import (
    Boolean,
    Date,
    Datetime,
    DecimalText,
    Duration,
    Integer,
    ListOf,
    MapOf,
    Number,
    String,
)


class Card(Data, frozen=True):
    kind: Literal["card"]
    last4: Annotated[String, Field(pattern="^[0-9]{4}$")]


class Bank(Data, frozen=True):
    kind: Literal["bank"]
    iban: Annotated[String, Field(alias="ibanNumber")]


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class OrderData(Data, frozen=True):
    order_id: Annotated[String, Field(alias="orderId", min_length=1, max_length=3)] = "1"
    amount: Annotated[Integer, Field(ge=1, lt=10)] = 1
    price: Annotated[DecimalText, MultipleOf(Decimal("0.5"))] = Decimal(1)
    ratio: Number = 1.0
    paid: Boolean = True
    placed_at: Omittable[Datetime] = None
    rest: Annotated[Duration, Field(le=timedelta(hours=1))] = timedelta(0)
    span: Omittable[Annotated[Datetime, Field(ge=datetime(2025, 1, 1, tzinfo=UTC))]] = None
    offset: Omittable[Annotated[Datetime, Field(ge=datetime.fromisoformat("2025-01-01T00:00:00+01:30"))]] = None
    day: Omittable[Annotated[Date, Field(gt=date(2025, 1, 31))]] = None
    least: Annotated[DecimalText, Field(ge=Decimal("0.10"))] = Decimal(1)
    note: Absentable[String] = None
    tags: Annotated[ListOf[String], Field(max_length=2)] = Field(default_factory=list)
    counts: MapOf[Integer] = Field(default_factory=dict)
    size: Size = Size.SMALL
    currency: Literal["usd", "eur"] = "usd"
    payment: Annotated[Card | Bank | None, Field(discriminator="kind")] = None
    mixed: Annotated[Integer | ListOf[Integer] | Card, Field(union_mode="left_to_right")] = 1


class Ordered(Event, frozen=True):
    name: Literal["order/placed"] = "order/placed"
    data: OrderData


def faults(data: Any) -> list[tuple[str, str]]:
    event = {"name": "order/placed", "data": data}
    with pytest.raises(ValidationError) as raised:
        Ordered.model_validate_json(json.dumps(event))
    return [(fault.path, fault.message) for fault in find_faults(raised.value, Ordered, event)]


@pytest.mark.parametrize(
    ("member", "path", "message"),
    [
        ({"orderId": 5}, "data.orderId", "must be a text, not a number"),
        ({"orderId": ""}, "data.orderId", "must have at least 1 character"),
        ({"orderId": "long"}, "data.orderId", "must have at most 3 characters"),
        ({"orderid": "1"}, "data.orderid", "there is no such field; did you mean `orderId`?"),
        ({"order_id": "1"}, "data.order_id", "there is no such field; did you mean `orderId`?"),
        ({"zzz": "1"}, "data.zzz", "there is no such field"),
        ({"amount": "5"}, "data.amount", "must be a whole number, not a text"),
        ({"amount": 1.5}, "data.amount", "must be a whole number"),
        ({"amount": 0}, "data.amount", "must be at least 1"),
        ({"amount": 10}, "data.amount", "must be less than 10"),
        ({"price": "0.7"}, "data.price", "must be a multiple of 0.5"),
        ({"price": []}, "data.price", "must be a decimal such as 12.50"),
        ({"ratio": None}, "data.ratio", "must be a number, not null"),
        ({"paid": "yes"}, "data.paid", "must be true or false, not a text"),
        (
            {"placed_at": "2025"},
            "data.placed_at",
            "must be a date and time with its offset, such as 2025-01-31T12:00:00Z",
        ),
        ({"placed_at": None}, "data.placed_at", "must be left out rather than null"),
        ({"rest": "2h"}, "data.rest", "must be at most 1h"),
        ({"span": "2024-01-01T00:00:00Z"}, "data.span", "must be at least 2025-01-01T00:00:00Z"),
        ({"offset": "2024-01-01T00:00:00Z"}, "data.offset", "must be at least 2025-01-01T00:00:00+01:30"),
        ({"day": "2025-01-31"}, "data.day", "must be more than 2025-01-31"),
        ({"least": "0.05"}, "data.least", "must be at least 0.10"),
        ({"note": True}, "data.note", "must be a text, not true or false"),
        ({"tags": {}}, "data.tags", "must be a list, not an object"),
        ({"tags": ["a", "b", "c"]}, "data.tags", "must have at most 2 items"),
        ({"tags": ["a", 1]}, "data.tags[1]", "must be a text, not a number"),
        ({"counts": []}, "data.counts", "must be an object, not a list"),
        ({"counts": {"a.b": "1"}}, "data.counts.a.b", "must be a whole number, not a text"),
        ({"size": "huge"}, "data.size", "must be 'small' or 'large'"),
        ({"currency": "gbp"}, "data.currency", "must be 'usd' or 'eur'"),
        ({"payment": {"kind": "cash"}}, "data.payment", "'kind' must be one of 'card', 'bank'"),
        ({"payment": {}}, "data.payment", "the field 'kind' is missing"),
        ({"payment": 5}, "data.payment", "must be an object, not a number"),
        ({"payment": {"kind": "card"}}, "data.payment.last4", "the field is missing"),
        ({"payment": {"kind": "card", "last4": "1"}}, "data.payment.last4", "must match the pattern ^[0-9]{4}$"),
        ({"mixed": "1"}, "data.mixed", "fits none of the types that may stand here"),
        ({"mixed": ["1"]}, "data.mixed", "fits none of the types that may stand here"),
    ],
)
def test_a_fault_is_one_sentence_at_its_path(member: dict[str, Any], path: str, message: str) -> None:
    assert faults(member) == [(path, message)]


def test_a_misspelt_name_in_a_union_is_compared_with_the_names_there() -> None:
    found = faults({"payment": {"kind": "bank", "ibanNumbr": "1"}})
    assert found == [
        ("data.payment.ibanNumber", "the field is missing"),
        ("data.payment.ibanNumbr", "there is no such field; did you mean `ibanNumber`?"),
    ]


def test_data_that_is_no_object_is_one_fault() -> None:
    assert faults([]) == [("data", "must be an object, not a list")]
