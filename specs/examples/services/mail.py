"""The mail server."""

from zlib import crc32

from examples.services.pretend import pretended

__all__ = ["send_receipt", "send_reminder", "send_report", "send_welcome"]


@pretended()
async def send_receipt(email: str, order_id: str, charge_id: str) -> str:
    """Mail a receipt; returns the message's id."""
    return _message_id(email, order_id, charge_id)


@pretended(fails_one_in=10)
def send_reminder(email: str, invoice_id: str, amount: int) -> str:
    """Ask for money, politely."""
    return _message_id(email, invoice_id, str(amount))


@pretended(fails_one_in=10)
async def send_report(email: str, url: str) -> str:
    """Mail the address of a report."""
    return _message_id(email, url)


@pretended(fails_one_in=10)
async def send_welcome(user_id: str, email: str) -> str:
    """Greet a new user."""
    return _message_id(user_id, email)


def _message_id(*parts: str) -> str:
    return f"message-{crc32(' '.join(parts).encode()):08x}"
