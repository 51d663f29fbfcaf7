"""At most so many at once in a group: step bodies and turns, or whole runs."""

from surestep.core.policies.admission import FREE, Admit, Defer
from surestep_dsl.flow import Concurrency

__all__ = ["admit"]


def admit(rule: Concurrency, in_use: int) -> Admit | Defer:
    """One more may begin while fewer than `limit` places are in use, whichever functions they are in use by."""
    return FREE if in_use < rule.limit else Defer()
