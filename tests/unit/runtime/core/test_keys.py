"""Values of keys: scalars as text; whatever else is no key; long ones are bounded and stay apart."""

import pytest
from pydantic import JsonValue

from surestep.core.keys import key_of


def value_of(key: JsonValue) -> str | None:
    return key_of("event.data.key").value({"id": "e", "data": {"key": key}}, now_ms=0)


@pytest.mark.parametrize(
    ("key", "text"), [("a", "a"), ("", ""), (1, "1"), (1.0, "1"), (1.5, "1.5"), (True, "true"), (None, "null")]
)
def test_scalars_count_by_their_text(key: JsonValue, text: str) -> None:
    assert value_of(key) == text


@pytest.mark.parametrize("key", [{}, [], [1], {"a": 1}])
def test_lists_and_objects_are_no_keys(key: JsonValue) -> None:
    assert value_of(key) is None


def test_long_keys_are_bounded_and_stay_apart() -> None:
    longest, one, other = value_of("x" * 1_000), value_of("x" * 300_000), value_of("x" * 299_999 + "y")
    assert longest == "x" * 1_000
    assert one is not None
    assert other is not None
    assert (len(one), len(other), one[:936] == other[:936], one != other) == (1_000, 1_000, True, True)
