"""The order of keys in each kind of mapping: as the examples of the manual write them.

Names that users choose (events, fields, functions) keep the order in which they are written, and so does everything
that has no meaning to the language, such as the value of a `default`.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

__all__ = ["KEY_ORDER", "SECTIONS", "kind_below"]

_Keys: TypeAlias = Mapping[str, str]
"""Each key with the kind of what stands below it, or nothing."""

_EACH: Final = "*"
_LONG_FORM: Final = {
    "type": "", "default": "", "min": "", "max": "", "exclusive_min": "", "exclusive_max": "", "multiple_of": "",
    "min_length": "", "max_length": "", "pattern": "", "min_items": "", "max_items": "", "unique_items": "",
    "examples": "", "deprecated": "", "sensitive": "", "description": "", "python": "", "fields": "fields",
    "items": "type", "values": "type",
}  # fmt: skip
_OPTIONS: Final = {
    "retries": "retries", "idempotency": "", "concurrency": "concurrency", "throttle": "throttle",
    "rate_limit": "throttle", "debounce": "debounce", "priority": "", "singleton": "singleton",
    "batch_events": "batch_events", "cancel_on": "cancel_on", "timeouts": "timeouts",
    "checkpointing": "checkpointing", "on_failure": "", "on_cancel": "", "returns": "type", "emits": "", "handler": "",
    "steps": "steps",
}  # fmt: skip
_CRON: Final = {"cron": "", "timezone": "", "jitter": "", "catch_up": ""}

KEY_ORDER: Final[Mapping[str, _Keys]] = {
    "spec": {
        "spec": "", "app": "", "description": "", "types": "types", "events": "events", "functions": "functions",
        "jobs": "jobs",
    },
    "types": {_EACH: "named type"},
    "named type": {"description": "", "python": "", "enum": "enum", "union": "union", **_LONG_FORM},
    "type": _LONG_FORM,
    "fields": {_EACH: "type"},
    "enum": {_EACH: "enum value"},
    "enum value": {"description": "", "python": ""},
    "union": {"on": "", "of": ""},
    "events": {_EACH: "event"},
    "event": {
        "description": "", "version": "", "id": "", "deprecated": "", "external": "", "data": "fields",
        "previous": "event", "examples": "", "python": "",
    },
    "functions": {_EACH: "function"},
    "function": {"name": "", "description": "", "triggers": "trigger", "input": "fields", **_OPTIONS},
    "trigger": {"event": "", **_CRON, "if": ""},
    "retries": {"limit": "", "backoff": "backoff"},
    "backoff": {"initial": "", "factor": "", "max": "", "jitter": ""},
    "concurrency": {"limit": "", "key": "", "scope": "", "per": ""},
    "throttle": {"limit": "", "period": "", "burst": "", "key": ""},
    "debounce": {"period": "", "key": "", "timeout": ""},
    "singleton": {"key": "", "mode": ""},
    "batch_events": {"max_size": "", "timeout": "", "key": "", "if": ""},
    "cancel_on": {"event": "", "match": "", "if": "", "timeout": ""},
    "timeouts": {"start": "", "finish": "", "run": ""},
    "checkpointing": {"max_runtime": "", "buffered_steps": "", "max_interval": ""},
    "steps": {_EACH: "step"},
    "step": {
        "run": "type", "sleep": "", "sleep_until": "", "wait_for_event": "", "invoke": "",
        "send": "", "match": "", "if": "", "retries": "retries", "timeout": "", "backoff": "backoff", "lookback": "",
        "repeats": "", "description": "",
    },
    "jobs": {_EACH: "job"},
    "job": {
        "name": "", "description": "", **_CRON, "options": "fields", "stats": "fields",
        "input": "fields", **_OPTIONS,
    },
}  # fmt: skip
"""The keys of each kind of mapping, in order. The items of a list are of the kind of the list."""

SECTIONS: Final = frozenset({"spec", "types", "events", "functions", "jobs"})
"""Kinds of mappings whose longer entries stand apart."""


def kind_below(kind: str, key: str) -> str:
    """The kind of what stands below a key; nothing where the order of keys is the writer's."""
    keys = KEY_ORDER.get(kind, {})
    return keys.get(key) or keys.get(_EACH, "")
