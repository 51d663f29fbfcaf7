from datetime import UTC, datetime, timedelta, timezone

import pytest

from surestep.authoring.times import duration_ms, instant_ms
from surestep.errors import StepUsageError


@pytest.mark.parametrize(
    ("value", "expected_ms"),
    [("1h30m", 5_400_000), ("PT0S", 0), ("500ms", 500), (timedelta(days=1, microseconds=1_999), 86_400_001)],
)
def test_durations_are_milliseconds(value: str | timedelta, expected_ms: int) -> None:
    assert duration_ms(value) == expected_ms


@pytest.mark.parametrize("value", ["", "10", "1m1h", "1.5s", timedelta(microseconds=-1)])
def test_what_is_no_duration_is_refused(value: str | timedelta) -> None:
    with pytest.raises(StepUsageError):
        duration_ms(value)


@pytest.mark.parametrize(
    ("value", "expected_ms"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 1_767_225_600_000),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), 1_767_225_600_000),
        *((datetime(2026, 1, 1, 0, 0, 0, ms * 1000, tzinfo=UTC), 1_767_225_600_000 + ms) for ms in (1, 57, 123, 999)),
    ],
)
def test_instants_are_exact_to_the_millisecond(value: datetime, expected_ms: int) -> None:
    assert instant_ms(value) == expected_ms


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(StepUsageError, match="has no time zone"):
        instant_ms(datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake that is tested
