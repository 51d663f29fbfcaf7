"""Makes `ctx`: typed events from stored ones, and the run's own clock and chance."""

import functools
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic_core
from pydantic import ValidationError

from surestep.authoring.context import Chance, Context, FailureContext, RunLogger, TriggeredBy
from surestep.authoring.events import Event
from surestep.authoring.function import Function, Handler
from surestep.authoring.registry import Registry
from surestep.authoring.system import FunctionCancelled, FunctionFailed
from surestep.core.turn import Turn
from surestep.engines.intake import INVOKED
from surestep.errors import ErrorInfo, NonDeterminismError
from surestep.storage.matched import event_json
from surestep.storage.port import RunRow, StoredEvent

__all__ = ["make_context"]


def make_context(
    registry: Registry,
    handler: Handler,
    row: RunRow,
    events: Sequence[StoredEvent],
    turn: Turn,
    failures: Mapping[int, int],
) -> Context[Event]:
    """The context of a handler for one turn.

    Raises:
        NonDeterminismError: a stored event no longer fits its class.
    """
    common: dict[str, Any] = {
        "run_id": row.run_id,
        "triggered_by": _triggered_by(row),
        "logger": RunLogger(_logger(row.function_id), {"run_id": row.run_id}, lambda: turn.replaying),
        "now_ms": lambda: turn.now_ms,
        "segment_attempt": lambda: failures.get(turn.stretch, 0),
        "chance": Chance(row.run_id),
    }
    try:
        if handler.role == "handler":
            typed = [_typed(registry, handler.function, event) for event in events]
            return Context(event=typed[0], events=typed, **common)
        told = FunctionFailed if handler.role == "on_failure" else FunctionCancelled
        failed = told.model_validate_json(event_json(events[0]))
        original = [_original(registry, handler.function, event) for event in failed.data.events]
    except ValidationError as error:
        raise NonDeterminismError(
            f"the stored event of run {row.run_id} no longer fits its class: {_told(error)}"
        ) from None
    info = ErrorInfo(failed.data.error.name, failed.data.error.message, failed.data.error.stack)
    return FailureContext(event=original[0], events=original, error=info, failed=failed, **common)


def _told(error: ValidationError) -> str:
    """What is wrong and where, without the values: some may be sensitive."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)


@functools.cache
def _logger(function_id: str) -> logging.Logger:
    return logging.getLogger(f"surestep.run.{function_id}")


def _triggered_by(row: RunRow) -> TriggeredBy:
    match row.triggered_by:
        case "cron":
            return "cron"
        case "invoke":
            return "invoke"
        case "failure":
            return "failure"
        case "cancel":
            return "cancel"
        case _:
            return "event"


def _typed(registry: Registry, function: Function[Any, object], event: StoredEvent) -> Event:
    if event.name == INVOKED:
        return _invoked(function, event_json(event))
    event_class = registry.event_class(event.name)
    if event_class is None:
        raise NonDeterminismError(f"event {event.name} of the run is not declared any more")
    return event_class.model_validate_json(event_json(event))


def _invoked(function: Function[Any, object], encoded: bytes) -> Event:
    """An invocation as the function sees it: its own class, or the trigger whose payload fits."""
    if function.invoked is not None:
        return function.invoked.model_validate_json(encoded)
    whole = pydantic_core.from_json(encoded)
    *others, last = function.events
    for event_class in others:
        try:
            return _as_trigger(event_class, whole)
        except ValidationError:
            continue
    return _as_trigger(last, whole)


def _as_trigger(event_class: type[Event], whole: dict[str, object]) -> Event:
    named = {**whole, "name": event_class.model_fields["name"].default}
    return event_class.model_validate_json(pydantic_core.to_json(named))


def _original(registry: Registry, function: Function[Any, object], whole: dict[str, Any]) -> Event:
    encoded = pydantic_core.to_json(whole)
    event_class = registry.event_class(str(whole.get("name")))
    return _invoked(function, encoded) if event_class is None else event_class.model_validate_json(encoded)
