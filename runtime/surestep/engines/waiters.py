"""Whether a waiter's expression holds for an event: the pure function that stores are given."""

import functools

import pydantic_core

from surestep.core.conditions import Condition
from surestep.engines.intake import event_json
from surestep.storage.port import NewWaiter, StoredEvent

__all__ = ["waiter_matches"]


def waiter_matches(waiter: NewWaiter, event: StoredEvent) -> bool:
    """`condition` over `event` (the waiter's trigger) and `async` (this event); true without a condition."""
    if waiter.condition is None:
        return True
    trigger = pydantic_core.from_json(waiter.trigger)
    candidate = pydantic_core.from_json(event_json(event))
    return _condition(waiter.condition).holds(trigger, candidate, now_ms=event.received_at_ms)


@functools.lru_cache(maxsize=1024)
def _condition(text: str) -> Condition:
    return Condition(text)
