from collections.abc import Callable

import pytest

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.expr import ExprError, Value

ValueOf = Callable[..., Value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("7 / 2.0", 3.5),
        ("event.data.n / 2", 2.5),
        ("int(event.data.n) / 2", 2),
        ("int(event.data.n) % 2", 1),
        ("event.data.n == 5 && event.data.n == 5.0 && 5 == 5.0", True),
        ("event.data.n > 4 && event.data.n < 5.5", True),
        ("1 == true", False),
        ("event.data.n == true", False),
        ("event.data.big == 9007199254740993", True),
        ("event.data.big == 9007199254740992", False),
        ("9223372036854775806 + 1", 9_223_372_036_854_775_807),
        ("int(2.9) - int(-2.9)", 4),
        ('int("42") + int(timestamp("1970-01-01T00:00:10Z"))', 52),
        ('double("1.5e1")', 15.0),
        ("string(5.0) + string(2.5) + string(1e21) + string(true)", "52.51e+21true"),
        ("string(event.data.big)", "9007199254740993"),
    ],
)
def test_numbers_are_doubles_from_json_and_ints_from_literals(value_of: ValueOf, text: str, value: Value) -> None:
    result = value_of(text, {"n": 5, "big": 9_007_199_254_740_993})
    assert result == value
    assert isinstance(result, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807 + 1",
        "-(-9223372036854775807 - 1)",
        "9223372036854775807 * 2",
        "1e308 * 10",
        "1 / 0",
        "1.0 / 0.0",
        "1 % 0",
        "-9223372036854775808 % -1",
        "event.data.n % 2",
        "int(1e30)",
        "int(9223372036854775808.0)",
        "int(-9223372036854775808.0)",
        "int('4x')",
        "double('NaN')",
        "1 + 'a'",
        "1 < 'a'",
        "true < 1",
        "-'a'",
        "!1",
        "1 && true",
        "1 ? 2 : 3",
        "{1.5: 2}",
        "{'a': 1, 'a': 2}",
        "[1][-1]",
        "[1] in {}",
        "1 in 1",
        "[1][0.5]",
    ],
)
def test_overflow_division_by_zero_and_unlike_values_are_errors(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text, {"n": 5}), ExprError)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("event.data.note == null", True),
        ('event.data.note != "x"', True),
        ('!(event.data.note == "x")', True),
        ("event.data.a.b.c == null", True),
        ("event.data.items[7] == null", True),
        ("event.data.items[7].name == null", True),
        ("null == event.data.note", True),
        ("event.data.note == event.data.other", True),
        ("(true ? event.data.note : 1) == null", True),
        ("event.data.zero == null", True),
        ("has(event.data.zero)", True),
        ("has(event.data.note)", False),
        ("has(event.data.note.more)", False),
        ('"zero" in event.data', True),
        ("event.v == null", True),
        ("json_parse('{}').x == null", True),
    ],
)
def test_what_is_missing_is_null_in_equality(value_of: ValueOf, text: str, value: Value) -> None:
    assert value_of(text, {"items": [{"name": "a"}], "zero": None}) is value


@pytest.mark.parametrize(
    "text",
    [
        "event.data.note",
        "event.data.note > 1",
        "size(event.data.note) == 0",
        "[event.data.note] == [null]",
        "event.data.note in ['a']",
        "event.data.items[event.data.note] == null",
        "json_parse(event.data.note).x == null",
        "event.data.note ? 1 : 2",
        "1/0 == null",
        "event.data.zero > 0",
    ],
)
def test_what_is_missing_is_an_error_elsewhere(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text, {"items": [], "zero": None}), ExprError)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("event.data.x > 1 || true", True),
        ("true || event.data.x > 1", True),
        ("event.data.x > 1 && false", False),
        ("1 && false", False),
        ("1 || true", True),
        ("true ? 1 : 1/0", 1),
        ("[0, 2].exists(n, 4 / n == 2)", True),
        ("[0, 2].all(n, 4 / n == 3)", False),
    ],
)
def test_a_decisive_operand_absorbs_errors(value_of: ValueOf, text: str, value: Value) -> None:
    assert value_of(text, {}) == value


@pytest.mark.parametrize(
    "text", ["event.data.x > 1 || false", "true && 1/0 > 1", "[0, 2].all(n, 4 / n == 2)", "[0].exists(n, 1/n > 0)"]
)
def test_an_error_stays_where_nothing_is_decisive(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text, {}), ExprError)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 2, 3].all(n, n > 0)", True),
        ("[].all(n, false)", True),
        ("[].exists(n, true)", False),
        ("[1, 2, 2].exists_one(n, n == 1)", True),
        ("[1, 2, 2].exists_one(n, n == 2)", False),
        ("[1, 2, 3].filter(n, n > 1)", [2, 3]),
        ("[1, 2, 3].map(n, n * 2)", [2, 4, 6]),
        ("[1, 2, 3].map(n, n > 1, n * 2)", [4, 6]),
        ("event.data.map(key, key)", ["a", "b"]),
        ("[[1, 2], [3]].map(row, row.map(n, n + size(row)))", [[3, 4], [4]]),
        ("[1].map(n, [2].map(n, n))", [[2]]),
        ("event.data.a.map(n, n / 2)", [0.5, 1.0]),
        ("[1, 2] + [3] == [1.0, 2.0, 3.0]", True),
        ("{'a': 1}.a + {'a': 1}['a'] + {7: 1}[event.data.b]", 3),
        ("2.0 in [1, 2] && !('2' in [1, 2])", True),
        ("{'a': [1, {'b': null}]} == {'a': [1.0, {'b': null}]}", True),
        ("[1] == [true]", False),
        ("true in {1: 2}", False),
    ],
)
def test_lists_maps_and_loops(value_of: ValueOf, text: str, value: Value) -> None:
    assert value_of(text, {"a": [1, 2], "b": 7}) == value


def test_async_is_the_second_event(value_of: ValueOf) -> None:
    text = "event.data.id == async.data.id && async.name == 'order/refunded' && event.id != async.id"
    assert value_of(text, {"id": 1}, {"id": 1.0}) is True


@pytest.mark.parametrize("data", [None, 5, "text", [1], {"amount": {"deep": 1}}])
def test_unexpected_data_is_an_error_value(value_of: ValueOf, data: JsonValue) -> None:
    assert isinstance(value_of("event.data.amount > 100", data), ExprError)
