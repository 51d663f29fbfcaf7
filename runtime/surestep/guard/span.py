"""The span: handler code is active exactly while one `send` into its coroutine lasts.

The mark is a context variable, so other threads and step bodies, which run in contexts of their own, never carry it.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from surestep.errors import NonDeterminismError

__all__ = ["Span", "current_span"]


@dataclass(slots=True)
class Span:
    """One `send`.

    Attributes:
        audits: whether audit events count.
        raises: a violation interrupts the code; else it is kept only.
        violation: the first violation, kept for handlers that swallow it.
    """

    audits: bool = True
    raises: bool = True
    violation: NonDeterminismError | None = None


current_span: ContextVar[Span | None] = ContextVar("surestep_current_span", default=None)
"""The span that this code is in, None outside handler code."""
