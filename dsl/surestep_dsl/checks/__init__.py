"""The checks of a resolved project, one rule a file, in the order in which they run."""

from typing import Final

from surestep_dsl.checks import (
    bounds,
    cancel_conditions,
    crons,
    deprecated_use,
    endless_loops,
    equal_triggers,
    event_ids,
    event_names,
    example_values,
    expressions,
    function_ids,
    generic_event_ids,
    handlers,
    idle_priorities,
    job_events,
    option_conflicts,
    python_names,
    repeated_steps,
    tagged_unions,
    type_circles,
    unanswered_waits,
    undeclared_sends,
    unhandled_events,
    unsent_events,
    version_order,
)
from surestep_dsl.checks.view import Check, View

__all__ = ["CHECKS", "Check", "View"]

CHECKS: Final[tuple[Check, ...]] = (
    event_names.CHECK,
    event_ids.CHECK,
    generic_event_ids.CHECK,
    version_order.CHECK,
    type_circles.CHECK,
    tagged_unions.CHECK,
    bounds.CHECK,
    example_values.CHECK,
    python_names.CHECK,
    crons.CHECK,
    equal_triggers.CHECK,
    option_conflicts.CHECK,
    idle_priorities.CHECK,
    expressions.CHECK,
    function_ids.CHECK,
    cancel_conditions.CHECK,
    handlers.CHECK,
    undeclared_sends.CHECK,
    repeated_steps.CHECK,
    job_events.CHECK,
    deprecated_use.CHECK,
    endless_loops.CHECK,
    unanswered_waits.CHECK,
    unsent_events.CHECK,
    unhandled_events.CHECK,
)
"""A new check is a new file and a line here."""
