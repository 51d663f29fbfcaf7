"""When a failed attempt is tried again."""

from datetime import UTC, datetime, timedelta
from typing import Final

from surestep.errors import RetryAfterError
from surestep.limits import RETRY_AFTER_MAX_MS, RETRY_AFTER_MIN_MS
from surestep_dsl.duration import parse_duration
from surestep_dsl.flow import Backoff

__all__ = ["DELAYS_MS", "retry_after_ms", "retry_delay_ms"]

DELAYS_MS: Final = tuple(seconds * 1000 for seconds in (15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200))
"""Delay before retry 1, 2 ...; the last repeats. The table of the reference engine."""

_JITTER_MS: Final = 30_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def retry_delay_ms(retry: int, backoff: Backoff | None, uniform: float) -> int:
    """Delay before the `retry`-th retry (1 for the first).

    Args:
        retry: which retry.
        backoff: the function's or step's own; None means the table.
        uniform: a draw from [0, 1) for the jitter.
    """
    if backoff is None:
        return DELAYS_MS[min(retry, len(DELAYS_MS)) - 1] + int(uniform * _JITTER_MS)
    grown = backoff.initial_ms * min(backoff.factor ** (retry - 1), backoff.max_ms)
    return int(min(grown, backoff.max_ms)) + int(uniform * backoff.jitter_ms)


def retry_after_ms(error: RetryAfterError, now_ms: int) -> int:
    """The delay a RetryAfterError asks for, clipped to its limits; a value that is none counts as the shortest."""
    match error.after:
        case int() as wanted:
            pass
        case timedelta() as delta:
            wanted = delta // _MILLISECOND
        case datetime(tzinfo=zone) as instant if zone is not None:
            wanted = (instant - _EPOCH) // _MILLISECOND - now_ms
        case str() as text:
            wanted = parse_duration(text) or 0
        case _:
            wanted = 0
    return max(RETRY_AFTER_MIN_MS, min(wanted, RETRY_AFTER_MAX_MS))
