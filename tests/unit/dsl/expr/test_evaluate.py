import pytest

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.expr import (
    ExprError,
    Expression,
    Program,
    compile_expression,
    evaluate_condition,
    evaluate_key,
    evaluate_priority,
    parse_expression,
)


def program(text: str) -> Program:
    expression = parse_expression(text)
    assert isinstance(expression, Expression)
    return compile_expression(expression)


def event(data: JsonValue) -> dict[str, JsonValue]:
    return {"name": "a/b", "data": data, "id": "1", "ts": 0}


def test_a_condition_without_a_boolean_is_false_and_says_why() -> None:
    heard: list[ExprError] = []
    for text in ("event.data.n > 1", "'yes'", "json_parse('{').a"):
        assert not evaluate_condition(program(text), event({}), now_ms=0, on_error=heard.append)
    assert [error.message for error in heard] == [
        "there is no `data.n`",
        "a condition is a boolean, not string",
        "`json_parse` takes a JSON text",
    ]


def test_a_condition_that_holds_or_fails_says_nothing() -> None:
    heard: list[ExprError] = []
    assert evaluate_condition(program("event.data.n > 1"), event({"n": 2}), now_ms=0, on_error=heard.append)
    assert not evaluate_condition(program("event.data.n > 1"), event({"n": 1}), now_ms=0, on_error=heard.append)
    assert heard == []


@pytest.mark.parametrize(
    ("value", "key"),
    [("a", "a"), (5, "5"), (5.0, "5"), (0.5, "0.5"), (True, "true"), (None, "null"), (2**53 + 1, "9007199254740993")],
)
def test_a_key_is_the_canonical_text_of_a_scalar(value: JsonValue, key: str) -> None:
    assert evaluate_key(program("event.data.k"), event({"k": value}), now_ms=0) == key


@pytest.mark.parametrize("data", [{}, {"k": []}, {"k": {}}])
def test_a_key_without_a_scalar_is_an_error(data: JsonValue) -> None:
    assert isinstance(evaluate_key(program("event.data.k"), event(data), now_ms=0), ExprError)


@pytest.mark.parametrize(("value", "priority"), [(120, 120), (9_999, 600), (-9_999, -600)])
def test_a_priority_is_clipped(value: int, priority: int) -> None:
    assert evaluate_priority(program("int(event.data.p)"), event({"p": value}), now_ms=0) == priority


@pytest.mark.parametrize("text", ["event.data.p", "1.5", "event.data.missing", "true"])
def test_a_priority_is_a_whole_number(text: str) -> None:
    assert isinstance(evaluate_priority(program(text), event({"p": 5}), now_ms=0), ExprError)


def test_the_present_is_an_argument() -> None:
    assert evaluate_key(program("now()"), event({}), now_ms=1_735_689_600_123) == "2025-01-01T00:00:00.123Z"
