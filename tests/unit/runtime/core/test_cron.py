from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from surestep.core.cron import _next_near_change, next_occurrence_ms


def occurrences(cron: str, timezone: str, after: str, number: int) -> list[str]:
    def endless() -> Iterator[str]:
        at_ms = round(datetime.fromisoformat(after).timestamp() * 1000)
        while True:
            at_ms = next_occurrence_ms(cron, timezone, at_ms)
            yield datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")

    return list(islice(endless(), number))


@pytest.mark.parametrize(
    ("cron", "timezone", "after", "expected"),
    [
        # Clocks go from 02:00 to 03:00: what lies in between is due at 03:00, once.
        ("30 2 * * *", "Europe/Paris", "2026-03-28T12:00Z", ["2026-03-29 01:00", "2026-03-30 00:30"]),
        ("*/15 2 * * *", "Europe/Paris", "2026-03-28T12:00Z", ["2026-03-29 01:00", "2026-03-30 00:00"]),
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00Z", ["2026-03-08 07:00", "2026-03-09 06:30"]),
        ("0 3 * * *", "Europe/Paris", "2026-03-28T12:00Z", ["2026-03-29 01:00", "2026-03-30 01:00"]),
        # Clocks go from 03:00 back to 02:00 (New York: 02:00 to 01:00): the first time counts.
        ("30 2 * * *", "Europe/Paris", "2026-10-24T12:00Z", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00Z", ["2026-11-01 05:30", "2026-11-02 06:30"]),
        ("0 3 * * *", "Europe/Paris", "2026-10-24T12:00Z", ["2026-10-25 02:00", "2026-10-26 02:00"]),
        # No summer time.
        ("30 2 * * *", "Africa/Johannesburg", "2026-03-28T12:00Z", ["2026-03-29 00:30", "2026-03-30 00:30"]),
        ("0 0 * * *", "Africa/Johannesburg", "2026-10-24T12:00Z", ["2026-10-24 22:00", "2026-10-25 22:00"]),
        # What runs every hour runs by elapsed time.
        ("0 * * * *", "Europe/Paris", "2026-03-29T00:00Z", ["2026-03-29 01:00", "2026-03-29 02:00"]),
        (
            "0 * * * *",
            "Europe/Paris",
            "2026-10-24T23:30Z",
            ["2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 02:00"],
        ),
        ("45 * * * *", "America/New_York", "2026-11-01T05:00Z", ["2026-11-01 05:45", "2026-11-01 06:45"]),
        # A shift of half an hour.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", ["2026-10-03 15:30", "2026-10-04 15:15"]),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 12 13 * 5", "UTC", "2026-02-01T00:00Z", ["2026-02-06 12:00", "2026-02-13 12:00", "2026-02-20 12:00"]),
        ("0 12 */2 * 5", "UTC", "2026-02-01T00:00Z", ["2026-02-13 12:00", "2026-02-27 12:00"]),
        ("0 12 1-31 * 5", "UTC", "2026-02-01T00:00Z", ["2026-02-01 12:00", "2026-02-02 12:00"]),
        ("0 12-12 * * *", "UTC", "2026-02-01T00:00Z", ["2026-02-01 12:00", "2026-02-02 12:00"]),
        # Every second hour is not every hour: the hour that is skipped is made up for, the one that comes twice is one.
        ("0 */2 * * *", "Europe/Paris", "2026-03-29T00:00Z", ["2026-03-29 01:00", "2026-03-29 02:00"]),
        ("0 */2 * * *", "Europe/Paris", "2026-10-24T23:00Z", ["2026-10-25 00:00", "2026-10-25 03:00"]),
        ("0 9 * * MON-FRI", "UTC", "2026-01-02T10:00Z", ["2026-01-05 09:00"]),
    ],
)
def test_occurrences_follow_local_time(cron: str, timezone: str, after: str, expected: list[str]) -> None:
    assert occurrences(cron, timezone, after, len(expected)) == expected


def test_an_occurrence_at_the_very_instant_does_not_count() -> None:
    assert occurrences("0 12 * * *", "UTC", "2026-01-01T12:00Z", 1) == ["2026-01-02 12:00"]
    assert occurrences("0 12 * * *", "UTC", "2026-01-01T11:59:59.999Z", 1) == ["2026-01-01 12:00"]


@pytest.mark.parametrize("timezone", ["Europe/Paris", "America/New_York", "Africa/Johannesburg", "Australia/Lord_Howe"])
def test_a_daily_schedule_is_due_once_a_day_all_year(timezone: str) -> None:
    found = occurrences("30 2 * * *", timezone, "2026-01-01T00:00+14:00", 366)

    assert len(set(found)) == 366
    assert found == sorted(found)
    assert found[-1][:4] in {"2026", "2027"}


@pytest.mark.parametrize("cron", ["*/7 * * * *", "30 1-3 * * *", "0 */2 * * 0"])
@pytest.mark.parametrize("timezone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", ["03-07", "03-28", "04-04", "10-03", "10-24", "10-31"])
def test_the_short_way_to_an_occurrence_leads_where_the_long_way_does(cron: str, timezone: str, month: str) -> None:
    """Around a change, every step of an hour and a half must find what a search over the change finds."""
    start_ms = round(datetime.fromisoformat(f"2026-{month}T12:00Z").timestamp() * 1000)
    for after_ms in range(start_ms, start_ms + 30 * 3_600_000, 5_400_000):
        after = datetime.fromtimestamp(after_ms / 1000, UTC)
        long = _next_near_change(cron, ZoneInfo(timezone), after)
        assert next_occurrence_ms(cron, timezone, after_ms) == round(long.timestamp() * 1000)
