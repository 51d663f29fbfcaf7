"""Event triggers of one function that say the same."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.flow import EventTrigger
from surestep_dsl.model import Path

__all__ = ["CHECK"]


def find_equal_triggers(view: View) -> Iterator[Diagnostic]:
    """Two triggers with the same event and the same condition would start each run twice."""
    for function_id, function in view.project.functions.items():
        paths: dict[tuple[str, str], list[Path]] = defaultdict(list)
        for at, trigger in enumerate(function.options.triggers):
            if isinstance(trigger, EventTrigger):
                condition = " ".join((trigger.condition or "").split())
                paths[trigger.event, condition].append(("functions", function_id, "triggers", at))
        for (event, _), equal in paths.items():
            if len(equal) > 1:
                message = f"the trigger on `{event}` stands {len(equal)} times in this function"
                yield view.find_at_last("F102", message, equal, "remove one, or tell them apart with `if`")


_FUNCTION: Final = "events: {shop/a: {data: {n: integer}}}\nfunctions:\n  f:\n    triggers:\n"

CHECK: Final = Check(
    codes=("F102",),
    find=find_equal_triggers,
    valid=(
        f"{_FUNCTION}      - {{event: shop/a, if: event.data.n > 1}}\n      - {{event: shop/a, if: event.data.n < 1}}",
    ),
    invalid=(
        (f"{_FUNCTION}      - {{event: shop/a}}\n      - {{event: shop/a}}", "F102"),
        (
            f"{_FUNCTION}      - {{event: shop/a, if: event.ts > 1}}\n      - {{event: shop/a, if: event.ts  > 1}}",
            "F102",
        ),
    ),
)
