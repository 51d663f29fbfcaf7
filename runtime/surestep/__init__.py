"""surestep: durable functions whose code between steps is proven deterministic."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surestep.authoring.ambient import current_step
    from surestep.authoring.context import Context, FailureContext
    from surestep.authoring.events import Data, Event, ExternalData
    from surestep.authoring.function import Function, Handler
    from surestep.authoring.registry import Registry
    from surestep.authoring.step import Step
    from surestep.core.marks import impure, pure
    from surestep.errors import (
        ErrorInfo,
        InvokeError,
        NonDeterminismError,
        NonRetriableError,
        RetryAfterError,
        StepError,
        SurestepError,
    )

__all__ = [
    "Context",
    "Data",
    "ErrorInfo",
    "Event",
    "ExternalData",
    "FailureContext",
    "Function",
    "Handler",
    "InvokeError",
    "NonDeterminismError",
    "NonRetriableError",
    "Registry",
    "RetryAfterError",
    "Step",
    "StepError",
    "SurestepError",
    "current_step",
    "impure",
    "pure",
]

if not TYPE_CHECKING:
    _HOMES = {
        "Context": "authoring.context",
        "Data": "authoring.events",
        "Event": "authoring.events",
        "ExternalData": "authoring.events",
        "FailureContext": "authoring.context",
        "Function": "authoring.function",
        "Handler": "authoring.function",
        "Registry": "authoring.registry",
        "Step": "authoring.step",
        "current_step": "authoring.ambient",
        "impure": "core.marks",
        "pure": "core.marks",
    }

    def __getattr__(name: str) -> object:
        """Import a name when it is first asked for: the command line must not pay for pydantic to print its help."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
        return value
