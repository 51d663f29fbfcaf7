"""Which handler carries out a run: the function's own, or the one for its failures or cancellations."""

from collections.abc import Mapping

from surestep.authoring.function import Function, Handler
from surestep.authoring.registry import BoundFunction
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked, Signal, TimerDue, TimerPurpose
from surestep.errors import UnknownFunctionError
from surestep.storage.port import StoredRun
from surestep_dsl.flow import FunctionOptions

__all__ = ["ends_run", "find_handler", "handler_of"]


def find_handler(functions: Mapping[str, BoundFunction], function_id: str) -> Handler | None:
    """The handler of `process-order` or `process-order:on_failure`; None where the app has it no more."""
    base_id, _, role = function_id.partition(":")
    bound = functions.get(base_id)
    if bound is None:
        return None
    return {"": bound.handler, "on_failure": bound.on_failure, "on_cancel": bound.on_cancel}[role]


def handler_of(functions: Mapping[str, BoundFunction], stored: StoredRun) -> Handler:
    """The handler to go on with; one that is gone is not needed to cancel its run.

    Raises:
        UnknownFunctionError: the app does not have it any more.
    """
    function_id = stored.row.function_id
    found = find_handler(functions, function_id)
    has_begun = stored.row.status is not RunStatus.QUEUED
    if found is None and any(ends_run(delivery.signal, has_begun=has_begun) for delivery in stored.deliveries):
        return Handler(Function(FunctionOptions(function_id.partition(":")[0])), _never_called)
    if found is None:
        raise UnknownFunctionError(f"there is no function {function_id} in this app any more")
    return found


def ends_run(signal: Signal, *, has_begun: bool) -> bool:
    """Whether a run ends when it is told this: it needs no place for that, and no handler, which may be gone."""
    match signal:
        case CancelAsked() | TimerDue(TimerPurpose.FINISH_TIMEOUT):
            return True
        case TimerDue(TimerPurpose.START_TIMEOUT):
            return not has_begun
        case _:
            return False


async def _never_called(_context: object, _step: object) -> None:
    """Stands for a handler that is gone while its run is cancelled."""
