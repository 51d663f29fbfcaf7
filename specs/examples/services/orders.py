"""The shop's own order book and its warehouse."""

from examples.services.pretend import pretended

__all__ = ["cancel_order", "reserve_item"]


@pretended()
def cancel_order(order_id: str, reason: str) -> None:
    """Take an order out of the book."""


@pretended(takes_ms=8, fails_one_in=25)
async def reserve_item(order_id: str, item_id: str, quantity: int) -> None:
    """Put goods aside for an order."""
