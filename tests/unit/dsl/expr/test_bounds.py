from collections.abc import Callable

import pytest

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.expr import ExprError, Value

ValueOf = Callable[..., Value]
EXHAUSTED = ExprError("more than 10,000 evaluation steps")


def test_loops_end_after_10_000_steps(value_of: ValueOf) -> None:
    assert value_of("event.data.all(n, n > 0)", [1] * 3_333) is True
    assert value_of("event.data.all(n, n > 0)", [1] * 3_334) == EXHAUSTED


def test_an_inner_loop_cannot_hide_an_exhausted_budget(value_of: ValueOf) -> None:
    many: JsonValue = [1] * 1_000
    text = "event.data.all(a, event.data.exists(b, event.data.exists(c, 1 / 0 == 1)))"
    assert value_of(text, many) == EXHAUSTED


@pytest.mark.parametrize(
    "text",
    [
        "event.data.list.all(n, event.data.list == event.data.list)",
        "event.data.list.all(n, !('x' in event.data.list))",
        "event.data.list.all(n, !event.data.text.contains('b'))",
        "event.data.list.all(n, size(event.data.text + event.data.text) > 0)",
        "event.data.list.all(n, !event.data.text.matches('(a?){50}b'))",
        "event.data.list.map(n, string(n)).all(p, !'a'.matches(p + 'b'))",
    ],
)
def test_work_on_large_values_inside_loops_is_counted(value_of: ValueOf, text: str) -> None:
    assert value_of(text, {"list": list(range(2_000)), "text": "a" * 100_000}) == EXHAUSTED


@pytest.mark.parametrize(
    "text",
    [
        "event.data.replace('a', event.data)",
        "event.data.split('').join(event.data)",
        "event.data.split('').map(c, c + 'x').join(event.data)",
    ],
)
def test_texts_cannot_grow_without_bound(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text, "a" * 5_000), ExprError)


def test_a_pattern_that_defeats_backtracking_comes_to_an_end(value_of: ValueOf) -> None:
    assert value_of("event.data.matches('^(a+)+$')", "a" * 50_000 + "b") is False


def test_data_deeper_than_the_stack_is_an_error_value(value_of: ValueOf) -> None:
    deep: JsonValue = 1
    for _ in range(5_000):
        deep = [deep]
    assert isinstance(value_of("event.data.a == event.data.b", {"a": deep, "b": [deep]}), ExprError)


@pytest.mark.parametrize(
    "text",
    [
        "event.data.list.map(n, event.data.texts.join())",
        "event.data.list.map(n, event.data.text.replace('a', event.data.text))",
    ],
)
def test_large_texts_made_inside_loops_are_counted(value_of: ValueOf, text: str) -> None:
    data: JsonValue = {"list": [1] * 1_000, "text": "a" * 999, "texts": ["a" * 1_000] * 999}
    assert value_of(text, data) == EXHAUSTED
