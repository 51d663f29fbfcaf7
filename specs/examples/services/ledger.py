"""The bodies' own record of what they did, kept apart from the engine: it is what `make demo` checks the engine by.

One line of JSON per start and end of an attempt, appended with a single `write` to the file that `EXAMPLES_LEDGER`
names. A line written is in the kernel's hands and survives the death of the process, so nothing is buffered here.
Without the variable nothing is written.
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from surestep.core.pending import current_body

__all__ = ["LEDGER_VARIABLE", "open_attempt"]

LEDGER_VARIABLE = "EXAMPLES_LEDGER"


@contextmanager
def open_attempt(args: tuple[object, ...], kwargs: dict[str, object]) -> Generator[int]:
    """Write down the start and the end of an attempt of the current step's body. Gives its 0-based number."""
    body = current_body.get()
    step_id, attempt = (body.step_id, body.attempt) if body else ("", 0)
    call: dict[str, object] = {"step": step_id, "attempt": attempt, "args": args, "kwargs": kwargs}
    _write("start", call)
    try:
        yield attempt
    except BaseException:
        _write("error", call)
        raise
    _write("end", call)


def _write(what: Literal["start", "end", "error"], call: dict[str, object]) -> None:
    path = os.environ.get(LEDGER_VARIABLE)
    if not path:
        return
    entry = {"pid": os.getpid(), "what": what, **call}
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, json.dumps(entry).encode() + b"\n")
    finally:
        os.close(descriptor)
