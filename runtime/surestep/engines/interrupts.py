"""Tells Ctrl-C from a `KeyboardInterrupt` that user code raises.

The first ends the program, and must not be taken for the failure of a run. The second must not end the program: the run
would be taken up at the next start, and end it again.
"""

import functools
import signal
import threading
from types import TracebackType

__all__ = ["is_interrupt", "reraise_interrupt"]


def is_interrupt(error: BaseException) -> bool:
    """Whether Ctrl-C has raised this, or may have: the interpreter's own handler leaves no trace.

    A server that handles signals on its event loop, as `surestep serve` does, is never interrupted by one.
    """
    if not isinstance(error, KeyboardInterrupt) or threading.current_thread() is not threading.main_thread():
        return False
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        return True
    while isinstance(handler, functools.partial):  # as asyncio.run has it
        handler = handler.func
    code = getattr(getattr(handler, "__func__", handler), "__code__", None)
    return code is not None and code is _raised_in(error.__traceback__)


def reraise_interrupt(error: BaseException) -> None:
    """Raise it again if it is an interrupt."""
    if is_interrupt(error):
        raise error


def _raised_in(trace: TracebackType | None) -> object:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else trace.tb_frame.f_code
