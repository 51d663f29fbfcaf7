"""Options of one function that exclude each other."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Path

__all__ = ["CHECK"]

_CONFLICTS: Final = (
    ("rate_limit", "idempotency", "idempotency is a rate limit of one run in 24 hours"),
    ("batch_events", "cancel_on", "a batch has many events, and a cancelling event could mean any of them"),
    ("batch_events", "debounce", "a debounce keeps one event, a batch keeps all"),
    ("batch_events", "singleton", "a batch run is not the run of one event"),
    ("batch_events", "priority", "the events of a batch could have different priorities"),
)


def find_option_conflicts(view: View) -> Iterator[Diagnostic]:
    """Some options contradict each other.

    `rate_limit` goes not with `idempotency`; `batch_events` goes not with `cancel_on`, `debounce`, `singleton` and
    `priority`.
    """
    for function_id in view.project.functions:
        for first, second, reason in _CONFLICTS:
            paths: list[Path] = [("functions", function_id, first), ("functions", function_id, second)]
            if all(path in view.places for path in paths):
                message = f"`{first}` and `{second}` exclude each other: {reason}"
                yield view.find_at_last("F103", message, paths, "remove one of them")


_FUNCTION: Final = "events: {shop/a: {data: {n: string}}}\nfunctions:\n  f:\n    triggers: {event: shop/a}\n"
_BATCH: Final = f"{_FUNCTION}    batch_events: {{max_size: 2, timeout: 1s}}\n"

CHECK: Final = Check(
    codes=("F103",),
    find=find_option_conflicts,
    valid=(f"{_BATCH}    concurrency: 1", f"{_FUNCTION}    rate_limit: {{limit: 1, period: 1s}}"),
    invalid=(
        (f"{_FUNCTION}    idempotency: event.data.n\n    rate_limit: {{limit: 1, period: 1s}}", "F103"),
        (f"{_BATCH}    debounce: {{period: 1s}}", "F103"),
        (f"{_BATCH}    singleton: {{mode: skip}}", "F103"),
        (f"{_BATCH}    priority: 1", "F103"),
        (f"{_BATCH}    cancel_on: {{event: shop/a, match: data.n}}", "F103"),
    ),
)
