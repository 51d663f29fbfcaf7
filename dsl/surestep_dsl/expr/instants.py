"""Timestamps and durations: reading them from text and numbers, and asking for their parts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from surestep_dsl.duration import parse_duration
from surestep_dsl.expr.values import Duration, EvaluationError, Int, Moment

__all__ = [
    "GETTERS",
    "duration_from_text",
    "loose_moment",
    "moment",
    "moment_from_ms",
    "moment_from_text",
    "part_of",
    "span",
]

_SECOND_NS: Final = 1_000_000_000
_FIRST_NS: Final = -62_135_596_800 * _SECOND_NS
_LAST_NS: Final = 253_402_300_800 * _SECOND_NS - 1
_LONGEST_NS: Final = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_GO_DURATION: Final = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?(?:w|d|h|ms|m|us|µs|ns|s))+", re.ASCII)
_GO_PART: Final = re.compile(r"(\d+)(?:\.(\d*))?(w|d|h|ms|m|us|µs|ns|s)", re.ASCII)
_UNIT_NS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": _SECOND_NS,
    "m": 60 * _SECOND_NS,
    "h": 3_600 * _SECOND_NS,
    "d": 86_400 * _SECOND_NS,
    "w": 604_800 * _SECOND_NS,
}
_OFFSET: Final = re.compile(r"([+-]?)(\d\d):(\d\d)", re.ASCII)
_YEAR_2000_S: Final = 946_684_800


def moment(ns: int) -> Moment:
    """A timestamp within the years 1 to 9999.

    Raises:
        EvaluationError: it is outside.
    """
    if _FIRST_NS <= ns <= _LAST_NS:
        return Moment(ns)
    raise EvaluationError("a timestamp lies within the years 1 to 9999")


def span(ns: int) -> Duration:
    """A duration of at most 64 bits of nanoseconds, about 292 years.

    Raises:
        EvaluationError: it is longer.
    """
    if abs(ns) <= _LONGEST_NS:
        return Duration(ns)
    raise EvaluationError("a duration is at most 292 years long")


def moment_from_ms(ms: float) -> Moment:
    """A timestamp from milliseconds since 1970."""
    return moment(int(ms) * 1_000_000)


def moment_from_text(text: str) -> Moment:
    """RFC 3339 with an offset.

    Raises:
        EvaluationError: `text` is something else.
    """
    if match := _RFC3339.fullmatch(text):
        day, clock, fraction, offset = match.groups()
        try:
            at = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}")
        except ValueError:
            at = None
        if at is not None:
            return moment(_ns_since_epoch(at) + int((fraction or "0").ljust(9, "0")))
    raise EvaluationError(f"`{text[:50]}` is not a timestamp such as 2025-01-31T12:00:00Z")


def loose_moment(value: str | float) -> Moment:
    """`date()`: RFC 3339, a date, a date with a time (in UTC), RFC 1123, or seconds, ms or ns since 1970 from 2000 on.

    Raises:
        EvaluationError: none of them.
    """
    if isinstance(value, str):
        return _moment_from_loose_text(value)
    if _YEAR_2000_S <= value < 2**63:
        unit = _SECOND_NS if value < 9_999_999_999 else 1_000_000 if value < 9_999_999_999_999 else 1
        return moment(int(value) * unit)
    raise EvaluationError("`date` takes numbers from the year 2000 on")


def _moment_from_loose_text(text: str) -> Moment:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?)?", text, re.ASCII):
            return moment(_ns_since_epoch(datetime.fromisoformat(text).replace(tzinfo=UTC)))
        if text[:1].isalpha() and len(text) <= 40:
            from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- brings sockets along, and is rarely needed

            at = parsedate_to_datetime(text)
            return moment(_ns_since_epoch(at if at.tzinfo else at.replace(tzinfo=UTC)))
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    return moment_from_text(text)


def _ns_since_epoch(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1_000


def duration_from_text(text: str) -> Duration:
    """A duration of the language (`1h30m`, `P1D`), or CEL's with fractions, a sign and `us`, `ns`.

    Raises:
        EvaluationError: `text` is neither.
    """
    ms = parse_duration(text)
    if ms is not None:
        return span(ms * 1_000_000)
    if text in ("0", "+0", "-0"):
        return Duration(0)
    if not _GO_DURATION.fullmatch(text):
        raise EvaluationError(f"`{text[:50]}` is not a duration such as 1h30m")
    total = 0
    for whole, fraction, unit in _GO_PART.findall(text):
        total += int(whole) * _UNIT_NS[unit] + int(fraction or "0") * _UNIT_NS[unit] // 10 ** len(fraction)
    return span(-total if text.startswith("-") else total)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    if name in ("UTC", "Z", ""):
        return UTC
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset < timedelta(hours=24):
            return timezone(-offset if sign == "-" else offset)
    else:
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            pass
    raise EvaluationError(f"`{name[:50]}` is not a time zone such as Europe/Paris or +02:00")


GETTERS: Final[dict[str, Callable[[datetime], int]]] = {
    "getFullYear": lambda at: at.year,
    "getMonth": lambda at: at.month - 1,
    "getDate": lambda at: at.day,
    "getDayOfMonth": lambda at: at.day - 1,
    "getDayOfWeek": lambda at: at.isoweekday() % 7,
    "getDayOfYear": lambda at: at.timetuple().tm_yday - 1,
    "getHours": lambda at: at.hour,
    "getMinutes": lambda at: at.minute,
    "getSeconds": lambda at: at.second,
    "getMilliseconds": lambda at: at.microsecond // 1_000,
}
"""Parts of a timestamp, counted as JavaScript and CEL do: months, week days and days from 0 except `getDate`."""
_DURATION_UNIT_NS: Final = {
    "getHours": 3_600 * _SECOND_NS,
    "getMinutes": 60 * _SECOND_NS,
    "getSeconds": _SECOND_NS,
    "getMilliseconds": 1_000_000,
}


def part_of(getter: str, value: Moment | Duration, zone: str = "UTC") -> Int:
    """One part of a timestamp in a time zone, or the whole units in a duration.

    Raises:
        EvaluationError: the zone is unknown, or a duration has no such part.
    """
    if isinstance(value, Duration):
        unit = _DURATION_UNIT_NS.get(getter)
        if unit is None:
            raise EvaluationError(f"a duration has no `{getter}`")
        whole = abs(value.ns) % _SECOND_NS if getter == "getMilliseconds" else abs(value.ns)
        return Int(whole // unit if value.ns >= 0 else -(whole // unit))
    try:
        return Int(GETTERS[getter]((_EPOCH + timedelta(microseconds=value.ns // 1_000)).astimezone(_zone(zone))))
    except OverflowError:
        raise EvaluationError("a timestamp lies within the years 1 to 9999") from None
