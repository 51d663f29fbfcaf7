"""The books: who owes how much."""

from examples.contract.types import OverdueInvoice
from examples.services.pretend import pretended

__all__ = ["find_overdue"]

_OWED = {"inv-1": 12_000, "inv-2": 300, "inv-3": 45_000}


@pretended(takes_ms=10)
async def find_overdue(at_least: int) -> list[OverdueInvoice]:
    """Invoices that are overdue, from a sum in cents on."""
    return [
        OverdueInvoice(invoice_id=invoice_id, email=f"{invoice_id}@example.org", amount=amount)
        for invoice_id, amount in _OWED.items()
        if amount >= at_least
    ]
