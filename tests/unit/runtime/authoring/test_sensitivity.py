from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field, JsonValue

from surestep import Data
from surestep.authoring.absence import Omittable
from surestep.authoring.sensitivity import mask
from surestep.authoring.wire import ListOf, MapOf, Sensitive, String


class Card(Data, frozen=True):
    number: Annotated[String, Sensitive(), Field(alias="cardNumber", repr=False)]
    holder: String = ""


class Order(Data, frozen=True):
    card: Card | None = None
    pin: Annotated[Omittable[String], Sensitive(), Field(repr=False)] = None
    cards: ListOf[Card] = Field(default_factory=list)
    by_name: MapOf[Card] = Field({}, alias="byName")
    parent: "Order | None" = None


class Cheque(Data, frozen=True):
    number: String


@dataclass(frozen=True)
class Receipt:
    secret: Annotated[str, Sensitive()]
    shown: str


CARD: JsonValue = {"cardNumber": "4111", "holder": "Ada"}
MASKED: JsonValue = {"cardNumber": "***", "holder": "Ada"}


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (Card, CARD, MASKED),
        (Order, {"card": CARD, "pin": "1"}, {"card": MASKED, "pin": "***"}),
        (Order, {"card": None, "cards": [CARD, CARD]}, {"card": None, "cards": [MASKED, MASKED]}),
        (Order, {"byName": {"a": CARD}}, {"byName": {"a": MASKED}}),
        (Order, {"parent": {"parent": {"pin": "1"}}}, {"parent": {"parent": {"pin": "***"}}}),
        (Cheque | Card, CARD, MASKED),
        (list[Card] | None, [CARD], [MASKED]),
        (tuple[Card, ...], [CARD], [MASKED]),
        (dict[str, list[Card]], {"a": [CARD]}, {"a": [MASKED]}),
        (Receipt, {"secret": 1, "shown": "2"}, {"secret": "***", "shown": "2"}),
        (Annotated[str, Sensitive()], "x", "***"),
        (Annotated[dict[str, int], Sensitive()], {"x": 1}, "***"),
        (Card, {"cardNumber": None, "more": CARD}, {"cardNumber": "***", "more": CARD}),
        (Card, "not what was declared", "not what was declared"),
        (str, "x", "x"),
        (None, None, None),
    ],
)
def test_sensitive_parts_are_hidden_and_others_are_not(
    annotation: object, value: JsonValue, expected: JsonValue
) -> None:
    assert mask(annotation, value) == expected
