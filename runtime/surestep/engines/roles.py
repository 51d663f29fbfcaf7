"""Which handler carries out a run: the function's own, or the one for its failures or cancellations."""

from collections.abc import Mapping

from surestep.authoring.function import Handler
from surestep.authoring.registry import BoundFunction

__all__ = ["find_handler"]


def find_handler(functions: Mapping[str, BoundFunction], function_id: str) -> Handler | None:
    """The handler of `process-order` or `process-order:on_failure`; None where the app has it no more."""
    base_id, _, role = function_id.partition(":")
    bound = functions.get(base_id)
    if bound is None:
        return None
    return {"": bound.handler, "on_failure": bound.on_failure, "on_cancel": bound.on_cancel}[role]
