# ruff: noqa: ARG001 -- a pretended service does nothing with what it is told
"""The customer relationship system. It has a quota for free users, and it is always used up."""

from examples.services.pretend import ServiceBusyError, pretended

__all__ = ["add_contact", "complete_onboarding"]


@pretended(takes_ms=12, fails_one_in=10)
async def add_contact(user_id: str, email: str, plan: str) -> str:
    """Create a contact and return its id."""
    if plan == "free":
        raise ServiceBusyError("the quota of contacts for free users is used up")
    return f"contact-{user_id}"


@pretended()
async def complete_onboarding(user_id: str) -> None:
    """Note that all has been done for a new user."""
