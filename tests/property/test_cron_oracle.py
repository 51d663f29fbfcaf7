"""Our schedules against another implementation of cron, over two years, in zones with every kind of change of clocks.

The oracle reads the fields and walks the calendar; where a local time lies on the time line follows from the rules:
in a gap once at its end, in an overlap once, except that what runs every hour runs by elapsed time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep.core.cron import last_occurrence_ms, next_occurrence_ms

Minutes: TypeAlias = list[datetime]

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

ZONES = [
    "UTC",
    "Africa/Cairo",  # clocks change at midnight
    "Africa/Casablanca",  # back for Ramadan
    "Africa/Johannesburg",
    "America/Asuncion",
    "America/Havana",  # an hour comes twice around midnight
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",  # half an hour off
    "Antarctica/Troll",  # two hours at once
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",  # half an hour at once
    "Australia/Sydney",
    "Europe/Chisinau",
    "Europe/Dublin",  # winter is the exception
    "Europe/London",
    "Europe/Paris",
    "Pacific/Apia",
    "Pacific/Chatham",  # three quarters of an hour off
]


def expected(cron: str, zone: ZoneInfo, start: datetime, end: datetime) -> Minutes:
    """The occurrences after `start` and not after `end`."""
    hour = cron.split()[1]
    begin = (start.astimezone(zone) - DAY).replace(tzinfo=None)
    until = (end.astimezone(zone) + DAY).replace(tzinfo=None)
    ticks = takewhile(lambda tick: tick <= until, CronSim(cron, begin))
    found = {instant for tick in ticks for instant in placed(tick, zone, every_hour=hour == "*")}
    return sorted(instant for instant in found if start < instant <= end)


def placed(tick: datetime, zone: ZoneInfo, *, every_hour: bool) -> Iterator[datetime]:
    """The instants at which the clocks on the wall show a time."""
    shown = instants(tick, zone)
    if every_hour:
        yield from shown
        return
    while not shown:
        tick += timedelta(minutes=1)
        shown = instants(tick, zone)
    yield shown[0]


def instants(wall: datetime, zone: ZoneInfo) -> Minutes:
    as_utc = wall.replace(tzinfo=UTC)
    offsets = {(as_utc + shift).astimezone(zone).utcoffset() or timedelta() for shift in (-DAY, DAY)}
    candidates = sorted(as_utc - offset for offset in offsets)
    return [instant for instant in candidates if instant.astimezone(zone).replace(tzinfo=None) == wall]


def found(cron: str, zone: str, start: datetime, end: datetime) -> Minutes:
    occurrences: Minutes = []
    at = start
    while (at := next_one(cron, zone, at)) <= end:
        occurrences.append(at)
    return occurrences


def next_one(cron: str, zone: str, after: datetime) -> datetime:
    return datetime.fromtimestamp(next_occurrence_ms(cron, zone, round(after.timestamp() * 1000)) / 1000, UTC)


def changes(zone: str) -> Iterator[datetime]:
    """Days in which the clocks change, within the two years."""
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days)]
    for before, after in pairwise(days):
        if before.astimezone(ZoneInfo(zone)).utcoffset() != after.astimezone(ZoneInfo(zone)).utcoffset():
            yield before


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["0 0 * * *", "59 23 1,15 * *", "5 1-3 * 3,4,9-11 SUN"])
def test_two_years_of_days(cron: str, zone: str) -> None:
    assert found(cron, zone, FIRST, LAST) == expected(cron, ZoneInfo(zone), FIRST, LAST)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["*/17 * * * *", "*/20 0-3 * * *", "10 */2 * * *"])
def test_every_change_of_clocks_in_two_years(cron: str, zone: str) -> None:
    for day in changes(zone):
        start, end = day - DAY / 8, day + DAY * 9 / 8
        assert found(cron, zone, start, end) == expected(cron, ZoneInfo(zone), start, end), day


@pytest.mark.parametrize("zone", ZONES)
def test_at_fixed_times_the_oracle_itself_knows_the_rules(zone: str) -> None:
    start = FIRST.astimezone(ZoneInfo(zone))
    its_own = takewhile(lambda at: at <= LAST, (at.astimezone(UTC) for at in CronSim("30 0,2 * * *", start)))
    assert found("30 0,2 * * *", zone, FIRST, LAST) == list(its_own)


def _fields(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    ends = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted)  # the oracle misreads 5-5/2
    span = ends.map(lambda pair: f"{pair[0]}-{pair[1]}")
    item = number.map(str) | span | st.tuples(span, st.integers(1, 9)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    return st.lists(item, min_size=1, max_size=3).map(",".join)


_days: st.SearchStrategy[tuple[str, str]] = st.one_of(
    st.just(("*", "*")),
    st.tuples(_fields(1, 28), st.just("*")),
    st.tuples(st.just("*"), _fields(0, 6)),
    st.tuples(_fields(1, 31), _fields(0, 6)),  # one or the other
    st.tuples(st.sampled_from(["*/2", "*/10"]), _fields(0, 6)),  # both, since one begins with a star
)
_crons = st.builds(
    lambda minute, hour, days, month: f"{minute} {hour} {days[0]} {month} {days[1]}",
    _fields(0, 59) | st.sampled_from(["*", "*/5", "*/13"]),
    _fields(0, 22) | st.sampled_from(["*", "*/3", "*/5"]),
    _days,
    st.just("*") | _fields(1, 12),
)


@settings(max_examples=enough(40), deadline=None)
@given(_crons, st.sampled_from(ZONES), st.integers(0, 2 * 365 * 24 * 60), st.integers(1, 10))
def test_any_schedule_at_any_time(cron: str, zone: str, minute: int, number: int) -> None:
    start = at = FIRST + timedelta(minutes=minute)
    occurrences: Minutes = []
    for _ in range(number):
        at = next_one(cron, zone, at)
        occurrences.append(at)
    assert occurrences == expected(cron, ZoneInfo(zone), start, at)


@settings(max_examples=enough(40), deadline=None)
@given(_crons, st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60), st.integers(0, 24 * 60))
def test_the_last_occurrence_is_the_last_of_all(cron: str, zone: str, minute: int, span: int) -> None:
    start = FIRST + timedelta(minutes=minute)
    end = start + timedelta(minutes=span)
    every = found(cron, zone, start, end)
    last = last_occurrence_ms(cron, zone, round(start.timestamp() * 1000), round(end.timestamp() * 1000))
    assert last == (round(every[-1].timestamp() * 1000) if every else None)
