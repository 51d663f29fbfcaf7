"""surestep: durable functions whose code between steps is proven deterministic."""

from surestep.authoring.context import Context, FailureContext
from surestep.authoring.events import Data, Event, ExternalData
from surestep.authoring.function import Function, Handler
from surestep.authoring.registry import Registry
from surestep.authoring.step import Step
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
]
