"""One live run per function and key: the new one is skipped, or the old one is cancelled."""

from collections.abc import Sequence

from surestep.core.policies.admission import Admit, Drop, Holder, Supersede
from surestep_dsl.flow import Singleton, SingletonMode

__all__ = ["admit"]


def admit(rule: Singleton, holders: Sequence[Holder]) -> Admit | Drop | Supersede:
    """A run that was cancelled holds its place until it has ended, so there may be several holders."""
    if not holders:
        return Admit(None)
    match rule.mode:
        case SingletonMode.SKIP:
            reason = f"singleton: run {holders[0].run_id} has not ended"
            return Drop("singleton", reason, holders[0].run_id)
        case SingletonMode.CANCEL:
            return Supersede(tuple(holder.run_id for holder in holders), "singleton: a newer run takes its place")
