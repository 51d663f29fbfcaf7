# ruff: noqa: ARG001 -- a pretended service does nothing with what it is told
"""Three network providers, and our own table of what they can serve where."""

from examples.services.pretend import ServiceDownError, pretended
from surestep import NonRetriableError

__all__ = ["check_fibre", "check_lte", "check_wireless", "fetch_sites", "mark_running", "store_coverage"]

_SITES = 120


@pretended()
def mark_running(log_id: str) -> None:
    """Note in the log of synchronisations that this one has begun."""
    if log_id.startswith("unknown"):
        raise NonRetriableError(f"there is no log entry {log_id}")


@pretended(takes_ms=10)
async def fetch_sites(log_id: str) -> list[str]:
    """All sites to be checked."""
    return [f"site-{number:03}" for number in range(_SITES)]


@pretended(takes_ms=20, fails_one_in=4)
async def check_fibre(log_id: str) -> str:
    """Ask for fibre."""
    return "fibre"


@pretended(takes_ms=20, fails_one_in=4)
async def check_lte(log_id: str) -> str:
    """Ask for LTE."""
    return "lte"


@pretended(takes_ms=20)
async def check_wireless(log_id: str) -> str:
    """Ask for fixed wireless; this provider has bad days."""
    if log_id.endswith("7"):
        raise ServiceDownError("the wireless provider is down today")
    return "wireless"


@pretended(takes_ms=10, fails_one_in=10)
async def store_coverage(log_id: str, sites: list[str], technologies: list[str]) -> int:
    """Store what can be served at some sites; returns how many rows were written."""
    return len(sites)
