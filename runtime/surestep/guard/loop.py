"""What handler code finds when it asks for the running event loop."""

import sys
from typing import Final

from surestep.guard.span import current_span
from surestep.guard.violations import first_party_caller, report
from surestep_dsl.effects import EFFECTS

__all__ = ["GuardLoop"]

_CREATES: Final = EFFECTS["asyncio.create_task"]
_READS_CLOCK: Final = EFFECTS["time.monotonic"]


class GuardLoop:
    """Stands in the place of the running loop while a span lasts: whoever wants something of it is refused."""

    def get_debug(self) -> bool:
        """Asked by asyncio in passing."""
        return False

    def is_closed(self) -> bool:
        """Asked by asyncio in passing."""
        return False

    def __getattr__(self, name: str) -> object:
        span = current_span.get()
        caller = first_party_caller(sys._getframe(1))  # noqa: SLF001 -- whose code it is decides
        if span is not None and caller is not None and not name.startswith("__"):
            report(span, _READS_CLOCK if name == "time" else _CREATES, f"the event loop's {name}", caller)
        raise AttributeError(name)
