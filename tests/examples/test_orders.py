import pytest
from examples.contract.events import (
    ShopOrderCancelled,
    ShopOrderCancelledData,
    ShopOrderCreated,
    ShopOrderCreatedData,
    ShopPaymentSuccess,
    ShopPaymentSuccessData,
)
from examples.contract.types import Currency, OrderItem
from examples.services import payments

from surestep.testing import Bench


def order(order_id: str = "1", *, amount: int = 2500) -> ShopOrderCreated:
    return ShopOrderCreated(
        data=ShopOrderCreatedData(
            order_id=order_id,
            user_id="ada",
            amount=amount,
            currency=Currency.EUR,
            items=[OrderItem(id="pen", quantity=2), OrderItem(id="ink", quantity=1)],
            customer_tier="premium",
        )
    )


def payment(order_id: str = "1", payment_id: str = "card-1") -> ShopPaymentSuccess:
    return ShopPaymentSuccess(data=ShopPaymentSuccessData(order_id=order_id, payment_id=payment_id))


async def test_a_paid_order_is_fulfilled(bench: Bench) -> None:
    await bench.send(order())
    await bench.advance("2h")
    await bench.send(payment())
    await bench.finish()

    run = await bench.run("process-order")
    assert run.result == {"orderId": "1", "status": "fulfilled", "chargeId": "charge-1"}
    assert [step.key for step in run.steps] == [
        "get-user",
        "wait-for-payment",
        "wait-payment",
        "capture-payment",
        "reserve-item-pen",
        "reserve-item-ink",
        "trigger-fulfillment",
        "send-receipt",
    ]
    [event] = await bench.engine.list_events(name="fulfillment/order.received")
    assert event.data == {"orderId": "1", "priority": "high"}


async def test_a_payment_during_the_pause_counts(bench: Bench) -> None:
    await bench.send(order())
    await bench.advance("10m")
    await bench.send(payment())
    await bench.advance("51m")

    assert (await bench.run("process-order")).run.status == "completed"


async def test_an_order_that_nobody_pays_is_cancelled(bench: Bench) -> None:
    await bench.send(order(), payment("another order"))
    await bench.advance("24h")
    assert (await bench.run("process-order")).run.status == "waiting"

    await bench.finish()
    run = await bench.run("process-order")
    assert run.result == {"orderId": "1", "status": "unpaid"}
    assert run.steps[-1].key == "cancel-order"


async def test_a_cancelled_order_stops_at_once(bench: Bench) -> None:
    await bench.send(order("1"), order("2"))
    await bench.advance("10m")
    await bench.send(ShopOrderCancelled(data=ShopOrderCancelledData(order_id="1")))

    first, second = await bench.runs("process-order")
    assert (first.run.status, second.run.status) == ("cancelled", "waiting")


async def test_an_order_that_costs_nothing_starts_no_run(bench: Bench) -> None:
    await bench.send(order(amount=0))
    assert await bench.runs() == []


async def test_an_order_sent_twice_starts_one_run(bench: Bench) -> None:
    await bench.send(order())
    await bench.send(order())
    assert len(await bench.runs("process-order")) == 1


async def test_a_declined_payment_is_given_back(bench: Bench) -> None:
    await bench.send(order(), payment(payment_id="declined-1"))
    await bench.finish()

    failed = await bench.run("process-order")
    assert failed.run.status == "failed"
    assert failed.error is not None
    assert failed.error.message == "payment declined-1 was declined"
    handled = await bench.run("process-order:on_failure")
    assert handled.run.status == "completed"
    assert [step.key for step in handled.steps] == ["rollback-funds", "notify-admin"]


async def test_taking_the_money_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services are replaced where the handler looks them up: in their module."""
    attempts = 0

    def capture_payment(order_id: str, payment_id: str, amount: int) -> str:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionError("no answer")
        return f"{order_id} {payment_id} {amount}"

    monkeypatch.setattr(payments, "capture_payment", capture_payment)
    await bench.send(order(), payment())
    await bench.finish()

    run = await bench.run("process-order")
    assert run.result == {"orderId": "1", "status": "fulfilled", "chargeId": "1 card-1 2500"}
    assert next(step.attempts for step in run.steps if step.key == "capture-payment") == 3
