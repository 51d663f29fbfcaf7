"""Which code a run began with: a short hash of the source of its handler's module."""

import functools
import inspect
from collections.abc import Callable
from hashlib import blake2b

__all__ = ["code_version_of"]


@functools.cache
def code_version_of(handler: Callable[..., object]) -> str:
    """12 hex digits; empty where the source cannot be read."""
    module = inspect.getmodule(handler)
    try:
        source = inspect.getsource(module or handler)
    except (OSError, TypeError):
        return ""
    return blake2b(source.encode(), digest_size=6).hexdigest()
