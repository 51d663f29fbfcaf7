"""Loops over a field compared with a constant have closures of their own, which mean what the general ones mean."""

from collections.abc import Callable

import pytest

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.expr import ExprError, Value

ValueOf = Callable[..., Value]
ITEMS: JsonValue = [{"n": 1, "s": "a"}, {"n": 2.5, "s": "b"}, {"n": 4, "s": None}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event.data.map(i, i.n)", [1, 2.5, 4]),
        ("event.data.map(i, i.n > 1, i.s)", ["b", None]),
        ("event.data.filter(i, i.n >= 2.5)", [{"n": 2.5, "s": "b"}, {"n": 4, "s": None}]),
        ("event.data.filter(i, i.s == 'a')", [{"n": 1, "s": "a"}]),
        ("event.data.filter(i, i.absent == null).size()", 3),
        ("event.data.exists(i, i.s != null && i.n > 2)", True),
        ("event.data.all(i, i.n < 4)", False),
        ("event.data.exists_one(i, i.n <= 1)", True),
        ("event.data.exists(i, i.n == true)", False),
        ("event.data.map(i, event.data.map(j, j.n + i.n).size())", [3, 3, 3]),
    ],
)
def test_a_field_of_the_item_is_read_and_compared(value_of: ValueOf, text: str, expected: JsonValue) -> None:
    assert value_of(text, ITEMS) == expected


@pytest.mark.parametrize("text", ["event.data.{}(i, i.x > 1)", "event.data.{}(i, i.x + 0 > 1)"])
@pytest.mark.parametrize("macro", ["all", "exists", "exists_one", "filter"])
def test_an_item_without_the_field_is_an_error(value_of: ValueOf, text: str, macro: str) -> None:
    without: list[JsonValue] = [[{}], [1], ["x"], [None], {"x": 1}]
    for items in without:
        assert value_of(text.format(macro), items) == ExprError("there is no `x`")
    assert value_of(text.format(macro), [{"x": None}]) != value_of(text.format(macro), [{"x": 1}])


def test_values_without_order_say_their_types(value_of: ValueOf) -> None:
    for macro in ("all", "exists", "exists_one", "filter"):
        found = value_of(f"event.data.{macro}(i, i.s > 1)", [{"s": "a"}])
        assert found == ExprError("string and double have no order")


def test_turns_of_every_kind_are_paid(value_of: ValueOf) -> None:
    many: JsonValue = [{"n": 1}] * 2_501
    for body in ("filter(i, i.n > 1)", "all(i, i.n > 0)", "exists(i, i.n == 2)", "exists_one(i, i.n > 1)"):
        assert value_of(f"event.data.{body}", many) == ExprError("more than 10,000 evaluation steps")
    assert value_of("event.data.map(i, i.n).size()", many) == 2_501
