"""Names that the language allows, made of names that it does not; each rule is a pure function of the name."""

import hashlib
import re
from collections.abc import Container
from typing import Final

from surestep_dsl.limits import MAX_APP_OR_FUNCTION_ID_CHARACTERS, MAX_EVENT_NAME_BYTES
from surestep_dsl.system_events import SYSTEM_PREFIX

__all__ = ["app_id", "event_name", "free_name", "type_name"]

_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f*]+")
_HASH_CHARACTERS: Final = 8


def type_name(name: str) -> str:
    """`order-line` is `OrderLine`, `3d` is `T3d`: words joined, each with a capital letter."""
    joined = "".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", name))
    return f"T{joined}" if not joined or joined[0].isdigit() else joined


def event_name(name: str) -> str:
    """What the wire forbids becomes a hyphen, ends are trimmed, `inngest/` becomes `x-inngest/`, long names a hash."""
    mended = _FORBIDDEN.sub("-", name.strip()).strip() or "event"
    if mended.lower().startswith(SYSTEM_PREFIX):
        mended = f"x-{mended}"
    if len(mended.encode()) <= MAX_EVENT_NAME_BYTES:
        return mended
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_CHARACTERS]
    kept = mended.encode()[: MAX_EVENT_NAME_BYTES - _HASH_CHARACTERS - 1].decode(errors="ignore")
    return f"{kept}-{digest}"


def app_id(name: str) -> str:
    """`My Shop` is `my-shop`; `app` where no letter is left."""
    words = re.findall("[a-z0-9]+", re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    mended = re.sub("^[0-9-]+", "", "-".join(words))
    return mended[:MAX_APP_OR_FUNCTION_ID_CHARACTERS].rstrip("-") or "app"


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or the first of `name2`, `name3` ... that is not taken."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate
