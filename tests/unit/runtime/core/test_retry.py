from datetime import UTC, datetime, timedelta, timezone

import pytest

from surestep.core.retry import retry_after_ms, retry_delay_ms
from surestep.errors import RetryAfterError
from surestep_dsl.flow import Backoff

NOW_MS = 1_767_225_600_000


@pytest.mark.parametrize(
    ("retry", "delay_s"),
    [(1, 15), (2, 30), (3, 60), (4, 120), (5, 300), (6, 600), (7, 1200), (8, 2400), (9, 3600), (10, 7200), (20, 7200)],
)
def test_the_table_of_delays(retry: int, delay_s: int) -> None:
    assert retry_delay_ms(retry, None, 0.0) == delay_s * 1000
    assert retry_delay_ms(retry, None, 0.5) == delay_s * 1000 + 15_000


@pytest.mark.parametrize(("retry", "delay_ms"), [(1, 1_000), (2, 3_000), (3, 9_000), (4, 20_000), (20, 20_000)])
def test_an_own_backoff_grows_up_to_its_maximum(retry: int, delay_ms: int) -> None:
    backoff = Backoff(1_000, factor=3, max_ms=20_000, jitter_ms=100)
    assert retry_delay_ms(retry, backoff, 0.0) == delay_ms
    assert retry_delay_ms(retry, backoff, 0.5) == delay_ms + 50


@pytest.mark.parametrize(
    ("after", "expected_ms"),
    [
        ("90s", 90_000),
        ("PT2M", 120_000),
        (2_500, 2_500),
        (timedelta(seconds=3, microseconds=999), 3_000),
        (datetime(2026, 1, 1, 0, 0, 1, 234_567, tzinfo=UTC), 1_234),
        (datetime(2026, 1, 1, 1, 0, 5, tzinfo=timezone(timedelta(hours=1))), 5_000),
        (datetime(9999, 12, 31, tzinfo=UTC), 86_400_000),
        (datetime(2026, 1, 1, 0, 0, 5), 1_000),  # noqa: DTZ001 -- no instant
        (-5, 1_000),
        (10**30, 86_400_000),
        (None, 1_000),
        ("", 1_000),
    ],
)
def test_retry_after_is_clipped_and_what_is_no_time_is_the_shortest(after: object, expected_ms: int) -> None:
    assert retry_after_ms(RetryAfterError("later", after), NOW_MS) == expected_ms  # type: ignore[arg-type]
