import json

import pytest

from surestep.core.matching import canonical_scalar, match_value_at


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
    ("path", "expected"),
    [
        ("data.id", "7"),
        ("data.order.id", '"o-1"'),
        ("data.order.gone", "null"),
    ],
)
def test_a_path_leads_to_the_value_of_a_field(path: str, expected: str) -> None:
    assert match_value_at({"id": 7, "order": {"id": "o-1", "gone": None}}, path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "data.missing",
        "data.order",  # an object
        "data.items",  # an array
        "data.items.0",  # arrays have no fields
        "data.id.deeper",
        "data.",
        "data",
        "id",
        "name",
        "dataset.id",
        "",
    ],
)
def test_a_path_that_leads_to_no_scalar_gives_nothing(path: str) -> None:
    data = {"id": 7, "order": {"id": "o-1"}, "items": [1]}

    assert match_value_at(data, path) is None


def test_the_data_s_own_field_called_data_is_one_step_further() -> None:
    assert match_value_at({"data": {"id": 1}, "id": 2}, "data.data.id") == "1"
