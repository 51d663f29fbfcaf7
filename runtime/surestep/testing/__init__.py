"""For tests of handlers and of this package: a virtual clock, an app without generated code, an engine to watch."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surestep.testing.bench import Bench
    from surestep.testing.clock import VirtualClock
    from surestep.testing.inline import InlineRegistry

__all__ = ["Bench", "InlineRegistry", "VirtualClock"]

if not TYPE_CHECKING:
    _HOMES = {"Bench": "bench", "InlineRegistry": "inline", "VirtualClock": "clock"}

    def __getattr__(name: str) -> object:
        """Import a name when it is first asked for: pytest loads the plugin here in every session."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value
