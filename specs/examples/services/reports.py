"""The reporting service."""

from examples.services.pretend import pretended

__all__ = ["count_rows", "render_report"]


@pretended(takes_ms=10)
async def count_rows(user_id: str) -> int:
    """How much there is to report."""
    return 100 + len(user_id)


@pretended(takes_ms=20, fails_one_in=6)
def render_report(user_id: str, rows: int) -> str:
    """Write the report and return its address."""
    return f"https://reports.example.org/{user_id}?rows={rows}"
