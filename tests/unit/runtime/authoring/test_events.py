"""Base classes of events and payloads."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from surestep import Data, Event, ExternalData
from surestep.authoring.absence import ABSENT, Absent, Absentable, Omittable
from surestep.authoring.wire import Duration, Integer, Json, Number, String


class Inner(Data, frozen=True):
    kind: String


class OrderData(Data, frozen=True):
    order_id: Annotated[String, Field(alias="orderId")]
    note: Annotated[Omittable[String], Field(alias="orderNote")] = None
    wait: Absentable[Duration] = ABSENT
    extra: Absentable[Json] = ABSENT
    count: Integer = 1
    inner: Omittable[Inner] = None


class Order(Event, frozen=True):
    name: Literal["order/created"] = "order/created"
    data: OrderData


class PaidData(Data, frozen=True):
    order_id: Annotated[String, Field(alias="orderId")]
    amount: Number
    wait: Duration
    inner: Inner
    done: bool = True


class Paid(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: PaidData
    id_template: ClassVar[str | None] = "paid-{orderId}-{amount}-{wait}-{inner.kind}-{done}-{{x}}"


class HookData(ExternalData, frozen=True):
    ref: String


def paid(order_id: str = "7", amount: float = 5, **more: Any) -> Paid:
    data = PaidData(order_id=order_id, amount=amount, wait=timedelta(minutes=90), inner=Inner(kind="card"))
    return Paid(data=data, **more)


def wire_of(data: OrderData) -> str:
    return data.model_dump_json()


def test_fields_that_were_left_out_stay_out_and_defaults_are_written() -> None:
    assert wire_of(OrderData(order_id="1")) == '{"orderId":"1","count":1}'


def test_null_is_written_only_where_it_is_a_value() -> None:
    assert wire_of(OrderData(order_id="1", note=None, wait=None, extra=None)) == (
        '{"orderId":"1","wait":null,"extra":null,"count":1}'
    )


def test_absent_and_null_are_told_apart() -> None:
    absent = OrderData.model_validate_json('{"orderId":"1"}')
    null = OrderData.model_validate_json('{"orderId":"1","wait":null,"extra":null}')
    assert (absent.wait, absent.extra) == (Absent.ABSENT, Absent.ABSENT)
    assert (null.wait, null.extra) == (None, None)


@pytest.mark.parametrize("wire", ['{"orderId":"1"}', '{"orderId":"1","wait":null,"inner":{"kind":"x"}}'])
def test_what_was_written_reads_back_equal(wire: str) -> None:
    data = OrderData.model_validate_json(wire)
    assert OrderData.model_validate_json(data.model_dump_json(warnings="error")) == data


@pytest.mark.parametrize(
    ("wire", "place"),
    [
        ('{"orderId":"1","orderNote":null}', ("orderNote",)),
        ('{"orderId":"1","count":null}', ("count",)),
        ('{"orderId":"1","wait":"absent"}', ("wait",)),
        ('{"orderId":"1","unknown":1}', ("unknown",)),
        ('{"order_id":"1"}', ("orderId",)),
        ('{"orderId":"1","inner":{"kind":"x","more":1}}', ("inner", "more")),
    ],
)
def test_the_wire_is_read_exactly(wire: str, place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        OrderData.model_validate_json(wire)
    assert place in [error["loc"] for error in caught.value.errors()]


def test_payloads_from_outside_keep_what_is_not_declared() -> None:
    data = HookData.model_validate_json('{"ref":"main","later":{"a":[1]}}')
    assert data.model_dump_json() == '{"ref":"main","later":{"a":[1]}}'


def test_events_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Order(data=OrderData(order_id="1")).data = OrderData(order_id="2")  # type: ignore[misc]


def test_an_event_reads_back_equal() -> None:
    event = paid(ts=5, v="1")
    assert Paid.model_validate_json(event.model_dump_json()) == event


def test_the_id_is_made_of_wire_values() -> None:
    assert paid().id == "paid-7-5-1h30m-card-true-{x}"
    assert paid(amount=0.5).id == "paid-7-0.5-1h30m-card-true-{x}"


def test_an_id_given_is_kept() -> None:
    assert paid(id="mine").id == "mine"


def test_an_event_without_a_template_has_no_id_yet() -> None:
    assert Order(data=OrderData(order_id="1")).id == ""


def test_an_id_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValidationError, match="allowed are 1 to 255"):
        paid(order_id="x" * 256)


def test_another_events_name_is_refused() -> None:
    with pytest.raises(ValidationError):
        Order.model_validate_json('{"name":"order/paid","data":{"orderId":"1"}}')
