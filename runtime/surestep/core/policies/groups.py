"""Names of the groups in which runs count together."""

import json

import pydantic_core

__all__ = ["group_key", "group_name", "is_pace"]


def group_name(policy: str, *parts: str | None) -> str:
    """Texts of keys cannot run into each other; null is the group of keys that fail, which no value can be."""
    return pydantic_core.to_json((policy, *parts)).decode()


def group_key(name: str, fixed: int) -> str | None:
    """The key's value in a name that has `fixed` parts before it: None without a key, and for keys that fail."""
    parts: list[str | None] = json.loads(name)
    return parts[fixed] if len(parts) > fixed else None


def is_pace(name: str) -> bool:
    """Whether it is the group of a throttle."""
    return name.startswith('["throttle",')
