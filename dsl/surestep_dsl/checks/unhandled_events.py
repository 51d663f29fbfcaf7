"""Events that start and answer nothing."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.expression_scopes import answers
from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.flow import EventTrigger

__all__ = ["CHECK"]


def find_unhandled_events(view: View) -> Iterator[Diagnostic]:
    """An event that starts no function, cancels none and that no declared step waits for may be left over.

    Reported only where every function states what it sends and declares its steps: what undeclared steps wait for is
    not known. Events of jobs are left out: they tell the world outside how a run ended.
    """
    functions = view.project.functions.values()
    if view.all_sent is None or any(function.steps is None for function in functions):
        return
    triggers = (trigger for function in functions for trigger in function.options.triggers)
    patterns = {trigger.event for trigger in triggers if isinstance(trigger, EventTrigger)}
    handled = {name for pattern in patterns for name in view.patterns.match(pattern)}
    handled |= {answer.event for function in functions for answer, _ in answers(function)}
    for name in view.project.events:
        if name not in handled and name not in view.job_events:
            message = f"no function starts on `{name}`, and no declared step waits for it"
            yield view.find("G302", message, ("events", name))


_EVENTS: Final = "events: {shop/a: {external: true}, shop/b: {external: true}}\n"
_KNOWN: Final = "emits: [], steps: {}"

CHECK: Final = Check(
    codes=("G302",),
    find=find_unhandled_events,
    valid=(
        f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/*}}, {_KNOWN}}}}}",
        f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/a}}, emits: []}}}}",
        f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/a}}, {_KNOWN}, cancel_on: {{event: shop/b}}}}}}",
        "jobs: {shop/sync: {emits: []}}",
    ),
    invalid=((f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/a}}, {_KNOWN}}}}}", "G302"),),
)
