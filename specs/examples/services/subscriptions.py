# ruff: noqa: ARG001 -- a pretended service does nothing with what it is told
"""The subscription service."""

from examples.services.pretend import pretended

__all__ = ["create_trial"]


@pretended(takes_ms=12, fails_one_in=10)
def create_trial(user_id: str, stripe_customer_id: str, *, days: int) -> str:
    """Start a trial period and return the subscription's id."""
    return f"trial-{days}-{stripe_customer_id}"
