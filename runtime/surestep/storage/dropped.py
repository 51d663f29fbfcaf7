"""What is left of a run that was not created. One rule for all adapters."""

from collections.abc import Callable
from dataclasses import replace

from surestep.core.outcomes import Failure
from surestep.core.policies.admission import Drop
from surestep.core.policies.order import Admitted, Merged
from surestep.core.records import RunSkipped
from surestep.core.signals import ChildEnded
from surestep.errors import ErrorInfo
from surestep.storage.port import Dropped, NewEvent, NewRun, Parent

__all__ = ["record_of_drop", "refusal", "signal_of_drop"]


def refusal(new: NewEvent, decide: Callable[[NewRun], Admitted | Merged | Drop]) -> Dropped | None:
    """The drop of the run that an event hinges on; None where it hinges on none or that one is let in."""
    for run in new.runs:
        if run.run_id == new.hinges_on and isinstance(drop := decide(run), Drop):
            return Dropped(run.run_id, replace(drop, is_recorded=False))
    return None


def record_of_drop(drop: Drop, at_ms: int) -> RunSkipped:
    """The history of the skipped run."""
    return RunSkipped(at_ms, drop.policy, drop.reason)


def signal_of_drop(drop: Drop, parent: Parent) -> ChildEnded:
    """What the invoke step is told that waits for the run."""
    return ChildEnded(parent.key, Failure(ErrorInfo(drop.error, drop.reason), drop.error))
