"""Handlers of `process-order`.

Everything that touches the world stands in a step. A step that has finished never runs again: after a crash the handler
is run from its first line, and finished steps answer at once with what they returned the first time.
"""

from examples.contract.events import FulfillmentOrderReceived, FulfillmentOrderReceivedData, ShopPaymentSuccess
from examples.contract.functions.process_order import (
    ProcessOrderContext,
    ProcessOrderFailureContext,
    ProcessOrderResult,
    ProcessOrderStep,
    process_order,
)
from examples.contract.types import OrderOutcome
from examples.services import alerts, mail, orders, payments, users


@process_order
async def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> ProcessOrderResult:
    """Wait for the payment, take the money, have the goods put aside, tell the warehouse."""
    order = ctx.event.data
    user = await step.run("get-user", users.find_user, order.user_id)

    await step.sleep("wait-for-payment", order.hold_for)
    payment = await step.wait_for_event(
        "wait-payment",
        ShopPaymentSuccess,
        match="data.orderId",  # the payment of this order, not of any other
        timeout=order.pay_within,
        lookback="run",  # a payment that came during the pause counts, too
    )
    if payment is None:
        await step.run("cancel-order", orders.cancel_order, order.order_id, "not paid in time")
        return OrderOutcome(order_id=order.order_id, status="unpaid")

    charge_id = await step.run(
        "capture-payment", payments.capture_payment, order.order_id, payment.data.payment_id, order.amount
    )
    await step.gather(
        *(
            step.run(f"reserve-item-{item.id}", orders.reserve_item, order.order_id, item.id, item.quantity)
            for item in order.items
        )
    )
    received = FulfillmentOrderReceivedData(
        order_id=order.order_id, priority="high" if order.customer_tier == "premium" else "normal"
    )
    await step.send_event("trigger-fulfillment", FulfillmentOrderReceived(data=received))
    await step.run("send-receipt", mail.send_receipt, user.email, order.order_id, charge_id)
    return OrderOutcome(order_id=order.order_id, status="fulfilled", charge_id=charge_id)


@process_order.on_failure
async def handle_failure(ctx: ProcessOrderFailureContext, step: ProcessOrderStep) -> None:
    """Give the money back. Runs once, when a run of `process-order` has failed for good."""
    order_id = ctx.event.data.order_id
    await step.run("rollback-funds", payments.roll_back_funds, order_id)
    await step.run("notify-admin", alerts.notify_admin, f"Order {order_id} failed: {ctx.error.message}")
