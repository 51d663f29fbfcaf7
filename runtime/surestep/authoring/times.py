"""Durations and instants as users write them, in milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Final

from surestep.errors import StepUsageError
from surestep_dsl.duration import DURATION_HINT, parse_duration

__all__ = ["duration_ms", "instant_ms"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def duration_ms(value: str | timedelta) -> int:
    """Milliseconds of `1h30m`, ISO 8601 without years and months, or a timedelta.

    Raises:
        StepUsageError: it is no duration, or negative.
    """
    if isinstance(value, timedelta):
        ms = value // timedelta(milliseconds=1)
        if ms < 0:
            raise StepUsageError(f"a duration cannot be negative: {value!r}")
        return ms
    parsed = parse_duration(value)
    if parsed is None:
        raise StepUsageError(f"{value!r} is no duration; {DURATION_HINT}")
    return parsed


def instant_ms(value: datetime) -> int:
    """Unix milliseconds of a datetime.

    Raises:
        StepUsageError: it has no time zone.
    """
    if value.tzinfo is None:
        raise StepUsageError(f"{value!r} has no time zone; use datetime(..., tzinfo=UTC)")
    return (value - _EPOCH) // timedelta(milliseconds=1)
