"""From an exception to what is stored of it, and whether trying again can help."""

import os
import traceback
from pathlib import Path
from typing import Final

from surestep.core.retry import retry_after_ms
from surestep.core.value import value
from surestep.errors import (
    ErrorInfo,
    EventRejectedError,
    LimitError,
    NonRetriableError,
    RetryAfterError,
    StepError,
    StepUsageError,
)
from surestep.limits import ERROR_CHARS

__all__ = ["BodyFailed", "caused_by_step", "failure_of", "info_of"]

_HERE = str(Path(__file__).resolve().parents[1]) + os.sep
_FRAMES: Final = 1_000
"""Innermost frames of a traceback that are kept; repeated ones are told in one line."""

_FINAL = (NonRetriableError, StepError, StepUsageError, LimitError, EventRejectedError, NotImplementedError)


@value(frozen=True, slots=True)
class BodyFailed:
    """One attempt failed.

    Attributes:
        final: no further attempt may be made.
        retry_after_ms: the delay its author asked for, instead of the backoff.
        ends_run: the run fails with it, whatever the handler would do about it.
    """

    error: ErrorInfo
    final: bool = False
    retry_after_ms: int | None = None
    ends_run: bool = False


def failure_of(error: BaseException, now_ms: int) -> BodyFailed:
    """What an exception means for the attempt that raised it."""
    after = retry_after_ms(error, now_ms) if isinstance(error, RetryAfterError) else None
    return BodyFailed(info_of(error), isinstance(error, _FINAL), after)


def caused_by_step(error: BaseException) -> bool:
    """Whether an error was raised in place of a StepError: running the handler again gives the same."""
    seen: set[int] = set()
    links = [error]
    while links:
        link = links.pop()
        if isinstance(link, StepError):
            return True
        if id(link) not in seen:
            seen.add(id(link))
            links.extend(other for other in (link.__cause__, link.__context__) if other is not None)
    return False


def info_of(error: BaseException) -> ErrorInfo:
    """Name, message and traceback of an exception; frames of this package are left out of the traceback.

    An uncaught StepError stands for the error in the body: it is shown by that name, message and traceback.
    """
    if isinstance(error, StepError):
        name, message, stack = error.name, error.message, error.stack
    else:
        name, message, stack = type(error).__name__, _message(error), _user_stack(error)
    return ErrorInfo(_storable(name), _storable(message), _storable(stack))


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 -- a broken __str__ must not hide the error
        return "<the error's text cannot be made>"


def _storable(text: str) -> str:
    """Text without what UTF-8 cannot express, and without the middle of what is too long."""
    if len(text) > ERROR_CHARS:
        half = ERROR_CHARS // 2 - 100  # there is room for the note, lest a text be cut twice
        text = f"{text[:half]}\n... {len(text) - 2 * half} characters left out (limit ERROR_CHARS) ...\n{text[-half:]}"
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _user_stack(error: BaseException) -> str:
    try:
        report = traceback.TracebackException.from_exception(error, compact=True)
        _keep_user_frames(report)
        return "".join(report.format())
    except Exception:  # noqa: BLE001 -- a class with odd attributes, or thousands of groups in one another
        return ""


def _keep_user_frames(report: traceback.TracebackException) -> None:
    """Leave this package out, here and in what caused the error; a report without frames has no heading."""
    left: list[traceback.TracebackException | None] = [report]
    while left:
        one = left.pop()
        if one is None:
            continue
        users = [frame for frame in one.stack or () if not frame.filename.startswith(_HERE)]
        one.stack = traceback.StackSummary.from_list(users[-_FRAMES:]) if users else None  # type: ignore[assignment]
        left += (one.__cause__, one.__context__, *(one.exceptions or ()))
