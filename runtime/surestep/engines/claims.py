"""What a run asks of flow control: which policies, and in which group each counts it. Keys are evaluated here, once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pydantic_core

from surestep.core.keys import key_of
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.order import Claim
from surestep.storage.matched import event_json
from surestep.storage.port import StoredEvent
from surestep_dsl.flow import FunctionOptions, Singleton

__all__ = ["ByEventId", "ByOccurrence", "Origin", "plan_claims"]

_ABSENT: Final = "false"
"""A singleton whose key is false does not apply, as on other engines."""


@dataclass(frozen=True, slots=True)
class ByEventId:
    """A run started by an event with an id of its sender's."""

    id: str


@dataclass(frozen=True, slots=True)
class ByOccurrence:
    """A run started by an occurrence of a schedule, which is due at `at_ms`."""

    cron: str
    timezone: str
    at_ms: int


Origin = ByEventId | ByOccurrence
"""What must start a function only once."""


def plan_claims(options: FunctionOptions, event: StoredEvent, origin: Origin | None) -> tuple[Claim, ...]:
    """The claims of a run of a function for an event."""
    if origin is None and options.singleton is None:  # most runs
        return ()
    return (*_of_origin(options.id, origin), *_of_singleton(options.id, options.singleton, event))


def _of_origin(function_id: str, origin: Origin | None) -> Iterator[Claim]:
    match origin:
        case ByEventId(event_id):
            yield Claim(Deduplication(), _group("deduplication", function_id, event_id))
        case ByOccurrence(cron, timezone, at_ms):
            yield Claim(Occurrence(at_ms), _group("occurrence", function_id, cron, timezone, str(at_ms)))
        case None:
            return


def _of_singleton(function_id: str, rule: Singleton | None, event: StoredEvent) -> Iterator[Claim]:
    if rule is None:
        return
    if rule.key is None:
        yield Claim(rule, _group("singleton", function_id))
        return
    value = key_of(rule.key).value(pydantic_core.from_json(event_json(event)), now_ms=event.received_at_ms)
    if value != _ABSENT:
        yield Claim(rule, _group("singleton", function_id, value))


def _group(policy: str, function_id: str, *key: str | None) -> str:
    """Texts of keys cannot run into each other; null is the group of keys that fail, which no value can be."""
    return json.dumps((policy, function_id, *key), separators=(",", ":"), ensure_ascii=False)
