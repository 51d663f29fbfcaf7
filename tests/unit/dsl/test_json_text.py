import json

import pytest

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.json_text import canonical_json, canonical_scalar


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("o-1", '"o-1"'),
        ("", '""'),
        ("1", '"1"'),
        ('a"b', '"a\\"b"'),
        ("é", '"\\u00e9"'),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (1e2, "100"),
        (9007199254740993, "9007199254740993"),
        (9007199254740992.0, "9007199254740992"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
    ],
)
def test_a_scalar_has_one_canonical_text(value: object, expected: str) -> None:
    assert canonical_scalar(value) == expected


@pytest.mark.parametrize("value", [{}, [], {"a": 1}, [1], float("nan"), float("inf"), float("-inf")])
def test_what_is_no_json_scalar_has_no_text(value: object) -> None:
    assert canonical_scalar(value) is None


def test_numbers_that_are_equal_as_json_have_the_same_text() -> None:
    spellings = ["100", "100.0", "1e2", "1E+2", "1000e-1"]

    assert {canonical_scalar(json.loads(spelling)) for spelling in spellings} == {"100"}


def test_true_is_not_one_and_a_text_is_not_a_number() -> None:
    assert len({canonical_scalar(value) for value in (True, 1, "1", "true")}) == 4


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ([1, 2.0], [1.0, 2], True),
        ({"a": 1.0, "b": None}, {"b": None, "a": 1}, True),
        ([True], [1], False),
        (["1"], [1], False),
        ([0.1], [0.10000000000000001], True),
        ([], {}, False),
    ],
)
def test_values_are_equal_as_json_schema_has_it(one: JsonValue, other: JsonValue, equal: bool) -> None:
    assert (canonical_json(one) == canonical_json(other)) is equal
