import pytest
from hypothesis import given, strategies as st

from surestep_dsl.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("500ms", 500),
        ("30s", 30_000),
        ("1h30m", 5_400_000),
        ("1w2d3h4m5s6ms", 788_645_006),
        ("0s", 0),
        ("PT1H30M", 5_400_000),
        ("P1DT2H", 93_600_000),
        ("P2W", 1_209_600_000),
    ],
)
def test_units_and_iso_forms_are_milliseconds(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "1.5h",
        "-5m",
        "+5m",
        "1m1m",
        "30m1h",
        "5 m",
        " 5m",
        "5m\n",
        "7D",
        "2y",
        "P1Y",
        "P1M",
        "P",
        "PT",
        "P1DT",
        "٣s",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(min_value=0, max_value=10**14))
def test_formatting_and_parsing_is_identity(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds)) == milliseconds


def test_the_canonical_text_leaves_out_what_is_zero() -> None:
    assert [format_duration(ms) for ms in (0, 1, 5_400_000, 604_800_000)] == ["0s", "1ms", "1h30m", "1w"]


def test_a_negative_duration_has_no_text() -> None:
    with pytest.raises(ValueError, match="no sign"):
        format_duration(-1)
