# ruff: noqa: ARG001 -- a pretended service does nothing with what it is told
"""The payment provider."""

from examples.services.pretend import pretended
from surestep import NonRetriableError

__all__ = ["capture_payment", "roll_back_funds"]


@pretended(takes_ms=15, fails_one_in=8)
def capture_payment(order_id: str, payment_id: str, amount: int) -> str:
    """Take the money of an authorised payment and return the id of the charge. A plain function runs in a thread."""
    if payment_id.startswith("declined"):
        raise NonRetriableError(f"payment {payment_id} was declined")
    return f"charge-{order_id}"


@pretended(takes_ms=15)
def roll_back_funds(order_id: str) -> None:
    """Give back whatever was taken for an order."""
