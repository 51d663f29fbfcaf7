"""When a waiter is satisfied by an event, and what it then delivers.

One rule for all adapters. How the candidates are found is each adapter's own affair.
"""

import json
from collections.abc import Sequence
from operator import itemgetter

import pydantic_core
from pydantic import JsonValue

from surestep.core.signals import CancelAsked, EventArrived, Signal
from surestep.storage.port import Matches, NewWaiter, StoredEvent
from surestep_dsl.expr import match_value_at

__all__ = ["event_json", "event_value", "is_satisfied", "signal_of_match", "takers"]


def is_satisfied(waiter: NewWaiter, event: StoredEvent, matches: Matches) -> bool:
    """Whether `event` is what `waiter` waits for. Its lookback is not asked here."""
    if waiter.event_name != event.name:
        return False
    if waiter.until_ms is not None and event.received_at_ms >= waiter.until_ms:
        return False
    if waiter.match_path is not None:
        found = match_value_at(json.loads(event.data), waiter.match_path)
        return found is not None and found == waiter.match_value
    return waiter.condition is None or matches(waiter, event)


def takers(satisfied: Sequence[tuple[int, NewWaiter]]) -> list[tuple[int, NewWaiter]]:
    """Who gets an event, of the numbered waiters that it satisfies, in the order they began to wait.

    A step that looks back gets none that another step of its run has got before.
    """
    served: set[str] = set()
    found: list[tuple[int, NewWaiter]] = []
    for number, waiter in sorted(satisfied, key=itemgetter(0)):
        if waiter.key is not None:
            if waiter.lookback_after is not None and waiter.run_id in served:
                continue
            served.add(waiter.run_id)
        found.append((number, waiter))
    return found


def signal_of_match(waiter: NewWaiter, event: StoredEvent) -> Signal:
    """What the waiting run is told."""
    if waiter.key is None:
        return CancelAsked(f"event {event.name} ({event.id}) cancels this run")
    return EventArrived(waiter.key, event.event_id, event_json(event))


def event_json(event: StoredEvent) -> bytes:
    """The whole event as JSON: `name`, `data`, `id`, `ts` and, where it has one, `v`."""
    return pydantic_core.to_json(_envelope(event))[:-1] + b',"data":' + event.data + b"}"


def event_value(event: StoredEvent) -> dict[str, JsonValue]:
    """The same as a value, as expressions see it."""
    value = _envelope(event)
    value["data"] = pydantic_core.from_json(event.data)
    return value


def _envelope(event: StoredEvent) -> dict[str, JsonValue]:
    """All but the data."""
    envelope: dict[str, JsonValue] = {"name": event.name, "id": event.id, "ts": event.ts_ms}
    if event.v is not None:
        envelope["v"] = event.v
    return envelope
