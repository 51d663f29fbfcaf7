"""Priorities of runs that nothing makes wait."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]


def find_idle_priorities(view: View) -> Iterator[Diagnostic]:
    """A priority orders runs that wait, and without `concurrency` or `throttle` they rarely do.

    There is a line only while the engine has more to do than it drives at once, or the function is paused.
    """
    for function_id, function in view.project.functions.items():
        options = function.options
        others = options.concurrency or options.throttle or options.batch_events  # with batches it is refused anyway
        if options.priority is not None and not others:
            message = "`priority` orders runs that wait, and nothing makes the runs of this function wait"
            hint = "add `concurrency` or `throttle`, or remove `priority`"
            yield view.find("F202", message, ("functions", function_id, "priority"), hint)


_FUNCTION: Final = "events: {shop/a: {data: {n: integer}}}\nfunctions:\n  f:\n    triggers: {event: shop/a}\n"

CHECK: Final = Check(
    codes=("F202",),
    find=find_idle_priorities,
    valid=(
        f"{_FUNCTION}    priority: 60\n    concurrency: 1",
        f"{_FUNCTION}    priority: 60\n    throttle: {{limit: 1, period: 1s}}",
    ),
    invalid=(
        (f"{_FUNCTION}    priority: 60", "F202"),
        (f"{_FUNCTION}    priority: 60\n    debounce: {{period: 1s}}", "F202"),
    ),
)
