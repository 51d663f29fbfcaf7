"""Cancelling by, and waiting for, any event of a name."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.expression_scopes import answers
from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.flow import CancelOn

__all__ = ["CHECK"]


def find_unconditional_cancels(view: View) -> Iterator[Diagnostic]:
    """A `cancel_on` or a declared wait without `match` and `if` takes every event of that name.

    It then cancels, or goes on with, every run of the function, whatever the event is about.
    """
    for function_id, function in view.project.functions.items():
        for answer, path in answers(function):
            if answer.match is None and answer.condition is None:
                verb = "cancels" if isinstance(answer, CancelOn) else "answers this wait of"
                message = f"any `{answer.event}` {verb} every run of `{function_id}`"
                yield view.find("F201", message, path, "say which run is meant: match: data.orderId")


_FUNCTION: Final = "events: {shop/a: {data: {n: string}}}\nfunctions:\n  f:\n    triggers: {event: shop/a}\n"

CHECK: Final = Check(
    codes=("F201",),
    find=find_unconditional_cancels,
    valid=(
        f"{_FUNCTION}    cancel_on: {{event: shop/a, match: data.n}}",
        f"{_FUNCTION}    steps: {{again: {{wait_for_event: shop/a, match: data.n, timeout: 1h}}}}",
    ),
    invalid=(
        (f"{_FUNCTION}    cancel_on: {{event: shop/a}}", "F201"),
        (f"{_FUNCTION}    steps: {{again: {{wait_for_event: shop/a, timeout: 1h}}}}", "F201"),
    ),
)
