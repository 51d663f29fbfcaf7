"""Cancelling by any event of a name."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]


def find_unconditional_cancels(view: View) -> Iterator[Diagnostic]:
    """A `cancel_on` without `match` and `if` cancels every run of the function, whatever the event is about."""
    for function_id, function in view.project.functions.items():
        for at, cancel in enumerate(function.options.cancel_on):
            if cancel.match is None and cancel.condition is None:
                message = f"any `{cancel.event}` cancels every run of `{function_id}`"
                path = ("functions", function_id, "cancel_on", at)
                yield view.find("F201", message, path, "say which run is meant: match: data.orderId")


_FUNCTION: Final = "events: {shop/a: {data: {n: string}}}\nfunctions:\n  f:\n    triggers: {event: shop/a}\n"

CHECK: Final = Check(
    codes=("F201",),
    find=find_unconditional_cancels,
    valid=(f"{_FUNCTION}    cancel_on: {{event: shop/a, match: data.n}}",),
    invalid=((f"{_FUNCTION}    cancel_on: {{event: shop/a}}", "F201"),),
)
