"""For tests of handlers and of this package: a virtual clock, an app without generated code, an engine to watch."""

from surestep.testing.bench import Bench
from surestep.testing.clock import VirtualClock
from surestep.testing.inline import InlineRegistry

__all__ = ["Bench", "InlineRegistry", "VirtualClock"]
