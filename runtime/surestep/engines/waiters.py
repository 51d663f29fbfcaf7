"""Whether a waiter's expression holds for an event: the pure function that stores are given."""

import pydantic_core

from surestep.core.conditions import condition_of
from surestep.storage.matched import event_value
from surestep.storage.port import NewWaiter, StoredEvent

__all__ = ["waiter_matches"]


def waiter_matches(waiter: NewWaiter, event: StoredEvent) -> bool:
    """`condition` over `event` (the waiter's trigger) and `async` (this event); true without a condition."""
    if waiter.condition is None:
        return True
    trigger = pydantic_core.from_json(waiter.trigger)
    candidate = event_value(event)
    return condition_of(waiter.condition).holds(trigger, candidate, now_ms=event.received_at_ms)
