"""The limits that a project may set for its server: `[tool.surestep.limits]`. Their defaults are the runtime's."""

from collections.abc import Callable, Mapping
from typing import Final

from surestep_dsl.nearest import did_you_mean

__all__ = ["read_limits"]

_HIGHEST: Final[Mapping[str, int | None]] = {
    "events_per_request": None,
    "event_bytes": None,
    "steps_per_run": 10_000,  # beyond it a run is better split into several
    "result_bytes": None,
    "run_bytes": None,
}


def read_limits(table: object, report: Callable[[str, str, str, str | None], None]) -> Mapping[str, int]:
    """The limits that are set; what is wrong is reported with its code, message, key and hint."""
    if not isinstance(table, dict):
        report("P103", "`limits` must be a table", "limits", "write limits = { steps_per_run = 2000 }")
        return {}
    for key, value in table.items():
        if key not in _HIGHEST:
            report("P102", f"there is no limit `{key}`", key, did_you_mean(key, _HIGHEST))
            continue
        highest = _HIGHEST[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1 or (highest and value > highest):
            bounds = f"from 1 to {highest}" if highest else "from 1"
            report("P103", f"`{key}` must be a whole number {bounds}", key, None)
    return table
