"""Log and pager of the people who run the shop."""

from examples.services.pretend import pretended

__all__ = ["log_failure", "notify_admin", "send_alert"]


@pretended()
async def log_failure(function_id: str, run_id: str, message: str) -> None:
    """Keep the record of a failed run."""


@pretended()
async def notify_admin(text: str) -> None:
    """Write to whoever is on duty."""


@pretended(fails_one_in=4)
async def send_alert(title: str, run_id: str) -> None:
    """Wake somebody up."""
