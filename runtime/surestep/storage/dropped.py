"""What is left of a run that was not created. One rule for all adapters."""

from dataclasses import replace

from surestep.core.outcomes import Failure
from surestep.core.policies.admission import Drop
from surestep.core.records import RunSkipped
from surestep.core.signals import ChildEnded
from surestep.errors import ErrorInfo
from surestep.storage.port import Dropped, NewRun, Parent

__all__ = ["dropped", "record_of_drop", "signal_of_drop"]


def dropped(run: NewRun, drop: Drop) -> Dropped:
    """The drop of this run, recorded only if the run allows it."""
    return Dropped(run.run_id, replace(drop, is_recorded=drop.is_recorded and run.is_skip_recorded))


def record_of_drop(drop: Drop, at_ms: int) -> RunSkipped:
    """The history of the skipped run."""
    return RunSkipped(at_ms, drop.policy, drop.reason)


def signal_of_drop(drop: Drop, parent: Parent) -> ChildEnded:
    """What the invoke step is told that waits for the run."""
    return ChildEnded(parent.key, Failure(ErrorInfo(drop.error, drop.reason), drop.error))
