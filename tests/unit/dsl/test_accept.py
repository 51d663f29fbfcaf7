"""Judging a value costs what the value's size asks for, however its type branches."""

import sys
from types import FrameType

import pytest

from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import (
    AliasDef,
    Constraints,
    Field,
    JsonValue,
    ListOf,
    Named,
    ObjectDef,
    Scalar,
    ScalarKind,
    TypeDef,
    UnionOf,
)

BRANCHING = {
    name: AliasDef(name, UnionOf((ListOf(Named("A")), ListOf(Named("B")), Scalar(ScalarKind.INTEGER)))) for name in "AB"
}


def nested(depth: int, innermost: JsonValue) -> JsonValue:
    value = innermost
    for _ in range(depth):
        value = [value]
    return value


def calls_to_judge(value: JsonValue) -> int:
    calls = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code.co_name == "judged"

    sys.setprofile(count)
    try:
        find_refusal(value, Named("A"), BRANCHING)
    finally:
        sys.setprofile(None)
    return calls


def test_a_type_that_branches_at_every_level_is_judged_once_per_value_and_name() -> None:
    assert calls_to_judge(nested(30, "text")) == 61


def test_a_refusal_deep_inside_a_branching_type_is_found() -> None:
    assert find_refusal(nested(30, 1), Named("A"), BRANCHING) is None
    assert find_refusal(nested(30, "text"), Named("A"), BRANCHING) is not None


def test_an_equal_value_elsewhere_is_refused_at_its_own_place() -> None:
    types: dict[str, TypeDef] = {
        "Small": AliasDef("Small", Scalar(ScalarKind.INTEGER)),
        "Text": AliasDef("Text", Scalar(ScalarKind.STRING)),
        "Pair": ObjectDef("Pair", (Field("a", UnionOf((Named("Small"), Named("Text")))), Field("b", Named("Small")))),
    }
    text = "seven"

    assert find_refusal({"a": text, "b": text}, Named("Pair"), types) == 'at `b`: "seven" is not of type integer'


@pytest.mark.parametrize(
    ("kind", "text", "accepted"),
    [
        (ScalarKind.BYTES, "AAAA", True),
        (ScalarKind.BYTES, "AAAA=", False),
        (ScalarKind.DATETIME, "2024-01-01T00:00:00-05:30", True),
        (ScalarKind.DATETIME, "2024-01-01T00:00:00-05:90", False),
        (ScalarKind.TIME, "10:00:00+24:00", False),
    ],
)
def test_padding_and_offsets_have_one_form(kind: ScalarKind, text: str, accepted: bool) -> None:
    assert (find_refusal(text, Scalar(kind), {}) is None) is accepted


def test_a_fraction_bounds_an_integer() -> None:
    at_least_half = Scalar(ScalarKind.INTEGER, Constraints(min=0.5))

    assert find_refusal(0, at_least_half, {}) == "0 is less than 0.5"
    assert find_refusal(1, at_least_half, {}) is None


def test_instants_are_compared_to_the_microsecond_in_any_century() -> None:
    after = Scalar(ScalarKind.DATETIME, Constraints(min="0147-09-09T20:30:18.004001Z"))

    assert find_refusal("0147-09-09T20:30:18.004000Z", after, {}) is not None
    assert find_refusal("0147-09-09T20:30:18.004001Z", after, {}) is None


def test_items_are_equal_as_json_schema_has_it() -> None:
    unique = ListOf(Scalar(ScalarKind.JSON), Constraints(unique_items=True))

    assert find_refusal([1, True, "1", 1.5, {"a": 1}], unique, {}) is None
    assert find_refusal([1, 1.0], unique, {}) == "an item stands twice in a list of unique items"
    assert find_refusal([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1.0}], unique, {}) is not None
