"""When a cron schedule is due: the only home of croniter.

Occurrences are found in local time and then placed on the time line, so that the tz database's rules are ours to
apply: an hour that is skipped in spring gives its occurrences once, at the first instant after it; an hour that comes
twice in autumn gives them once, the first time. A schedule that runs every hour runs by elapsed time instead.
"""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from croniter import croniter

from surestep_dsl.cron import Cron, parse_cron

__all__ = ["last_occurrence_ms", "next_occurrence_ms"]

_SHIFT: Final = timedelta(hours=3)
"""More than any change of a zone's offset, so that no occurrence near a change is missed."""

_FIRST_LOOK_BACK_MS: Final = 60_000
"""The shortest time between two occurrences."""


def next_occurrence_ms(cron: str, timezone: str, after_ms: int) -> int:
    """The first occurrence after an instant, both in Unix milliseconds.

    Args:
        cron: five fields, checked before.
        timezone: a name of the tz database.
        after_ms: occurrences at or before it do not count.
    """
    zone = ZoneInfo(timezone)
    after = datetime.fromtimestamp(after_ms / 1000, UTC)
    local = after.astimezone(zone).replace(tzinfo=None)
    first: datetime = next(_ticks(cron, local))
    plain = first.replace(tzinfo=zone).astimezone(UTC)
    around = {when.astimezone(zone).utcoffset() for at in (after, plain) for when in (at - _SHIFT, at + _SHIFT)}
    if len(around) > 1:
        plain = _next_near_change(cron, zone, after)
    return round(plain.timestamp() * 1000)


def last_occurrence_ms(cron: str, timezone: str, after_ms: int, until_ms: int) -> int | None:
    """The last occurrence after one instant and not after another; None where there is none.

    Looks back further and further, so that it costs little however many occurrences lie between.
    """
    back_ms, found = _FIRST_LOOK_BACK_MS, None
    while found is None and until_ms > after_ms:
        start_ms = max(until_ms - back_ms, after_ms)
        at_ms = next_occurrence_ms(cron, timezone, start_ms)
        while at_ms <= until_ms:
            found, at_ms = at_ms, next_occurrence_ms(cron, timezone, at_ms)
        if start_ms == after_ms:
            break
        back_ms *= 2
    return found


@functools.cache
def _read(cron: str) -> Cron:
    parsed = parse_cron(cron)
    assert isinstance(parsed, Cron)  # noqa: S101 -- specs are checked
    return parsed


def _ticks(cron: str, after: datetime) -> Iterator[datetime]:
    """Local times that the fields name. The library reads ranges and stars in its own way, so it gets plain numbers."""
    read = _read(cron)
    days, weekdays = read.days, read.weekdays
    if read.either_day and (len(days) == 31 or len(weekdays) == 7):
        days, weekdays = frozenset(range(1, 32)), frozenset(range(7))
    fields = (read.minutes, read.hours, days, read.months, weekdays)
    plain = " ".join(",".join(map(str, sorted(field))) for field in fields)
    ticks = croniter(plain, after, ret_type=datetime, day_or=read.either_day)
    while True:
        yield ticks.get_next(datetime)


def _next_near_change(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first occurrence where the zone's offset may change shortly before or after it."""
    every_hour = len(_read(cron).hours) == 24
    local = after.astimezone(zone).replace(tzinfo=None)
    best: datetime | None = None
    ticks = _ticks(cron, local - _SHIFT)
    while True:
        tick = next(ticks)
        for instant in _instants(tick, zone, every_hour=every_hour):
            if instant > after and (best is None or instant < best):
                best = instant
        if best is not None and tick - best.astimezone(zone).replace(tzinfo=None) > _SHIFT:
            return best


def _instants(tick: datetime, zone: ZoneInfo, *, every_hour: bool) -> Iterator[datetime]:
    """Where a local time lies on the time line: nowhere, once or twice."""
    first = tick.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = tick.replace(tzinfo=zone, fold=1).astimezone(UTC)
    exists = first.astimezone(zone).replace(tzinfo=None) == tick
    if exists:
        yield first
        if every_hour and second != first:
            yield second
    elif not every_hour:
        yield _end_of_gap(second, first, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset changes, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
