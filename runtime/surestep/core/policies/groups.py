"""Names of the groups in which runs count together."""

import json

import pydantic_core

__all__ = ["group_key", "group_name", "group_policy", "is_joinable", "is_pace"]


def group_name(policy: str, *parts: str | None) -> str:
    """Texts of keys cannot run into each other; null is the group of keys that fail, which no value can be."""
    return pydantic_core.to_json((policy, *parts)).decode()


def group_key(name: str, fixed: int) -> str | None:
    """The key's value in a name that has `fixed` parts before it: None without a key, and for keys that fail."""
    parts: list[str | None] = json.loads(name)
    return parts[fixed] if len(parts) > fixed else None


def group_policy(name: str) -> str:
    """The policy in a name."""
    parts: list[str] = json.loads(name)
    return parts[0]


def is_joinable(name: str) -> bool:
    """Whether it is a group in which events may join a run."""
    return name.startswith(('["batch",', '["debounce",'))


def is_pace(name: str) -> bool:
    """Whether it is the group of a throttle."""
    return name.startswith('["throttle",')
