import string

from hypothesis import given, settings, strategies as st

from surestep_dsl.datatypes import JsonValue
from surestep_dsl.expr import (
    FUNCTIONS,
    ExprError,
    Expression,
    Problem,
    Scope,
    Use,
    check_expression,
    compile_expression,
    evaluate,
    evaluate_condition,
    evaluate_key,
    evaluate_priority,
    match_value_at,
    parse_expression,
    parse_match,
)

NAMES = st.sampled_from(["event", "async", "x", "y", "nothing"])
FIELDS = st.sampled_from(
    [
        "data",
        "name",
        "ts",
        "v",
        "amount",
        "currency",
        "tags",
        "payment",
        "kind",
        "iban",
        "plan",
        "note",
        "labels",
        "meta",
    ]
)
LITERALS = st.sampled_from(
    [
        "1",
        "0",
        "-7",
        "2.5",
        "true",
        "null",
        "'usd'",
        "'card'",
        "''",
        r"'\\d+'",
        "'1h'",
        "'2025-01-01T00:00:00Z'",
        "[]",
        "{}",
    ]
)
CALLS = st.sampled_from([*FUNCTIONS, "unknown"])
LOOPS = st.sampled_from(["all", "exists", "exists_one", "filter", "map"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||"])
PATHS = st.lists(FIELDS, min_size=1, max_size=3).map(lambda fields: ".".join(["event", *fields]))


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"!({t})"),
        inner.map(lambda t: f"-({t})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        st.tuples(inner, FIELDS).map(lambda t: f"({t[0]}).{t[1]}"),
        st.tuples(inner, FIELDS).map(lambda t: f"has(({t[0]}).{t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.tuples(inner, LOOPS, inner).map(lambda t: f"({t[0]}).{t[1]}(x, {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]}).map(y, {t[1]}, {t[2]})"),
        st.tuples(CALLS, st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(inner, CALLS, st.lists(inner, max_size=2)).map(lambda t: f"({t[0]}).{t[1]}({', '.join(t[2])})"),
        st.lists(inner, max_size=3).map(lambda t: f"[{', '.join(t)}]"),
        st.lists(st.tuples(inner, inner), max_size=2).map(lambda t: "{" + ", ".join(f"{k}: {v}" for k, v in t) + "}"),
    )


WELL_FORMED = st.recursive(st.one_of(NAMES, LITERALS, PATHS), larger, max_leaves=12)
TOKENS = st.lists(
    st.sampled_from(
        [*"()[]{}.,?:!-+*/%<>=&|\"'\\ \n", "event", ".data", "has(", "&&", "||", "==", "r'", '"""', "1", "x"]
    )
).map("".join)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=8,
)


def go_all_the_way(text: str, scope: Scope, data: JsonValue, other: JsonValue) -> None:
    expression = parse_expression(text)
    if isinstance(expression, Problem):
        assert 0 <= expression.start <= expression.end <= len(text)
        return
    for use in Use:
        for problem in check_expression(expression, (scope,), use):
            assert 0 <= problem.start <= problem.end <= len(text)
    program = compile_expression(expression)
    event: dict[str, JsonValue] = {"name": "a/b", "data": data, "id": "1", "ts": 5}
    second: dict[str, JsonValue] = {"name": "a/c", "data": other, "id": "2", "ts": 6}
    value = evaluate(program, event, second, now_ms=0)
    assert evaluate_condition(program, event, second, now_ms=0) is (value is True)
    assert isinstance(evaluate_key(program, event, now_ms=0), str | ExprError)
    assert isinstance(evaluate_priority(program, event, now_ms=0), int | ExprError)


@settings(deadline=None)
@given(text=WELL_FORMED, data=JSON, other=JSON)
def test_a_well_formed_expression_never_raises(
    order_scope: Scope, pair_scope: Scope, text: str, data: JsonValue, other: JsonValue
) -> None:
    expression = parse_expression(text)
    assert isinstance(expression, Expression) or expression.code in ("E105", "E106")
    go_all_the_way(text, pair_scope, data, other)
    go_all_the_way(text, order_scope, data, other)


@settings(deadline=None)
@given(text=st.text(alphabet=st.characters() | st.sampled_from(string.printable), max_size=60) | TOKENS, data=JSON)
def test_no_text_at_all_raises(pair_scope: Scope, text: str, data: JsonValue) -> None:
    go_all_the_way(text, pair_scope, data, data)


@given(text=st.text(max_size=30) | st.lists(FIELDS).map(".".join), data=JSON)
def test_no_match_path_raises(text: str, data: JsonValue) -> None:
    parsed = parse_match(text)
    if not isinstance(parsed, Problem):
        data = data if isinstance(data, dict) else {}
        assert isinstance(match_value_at(data, parsed.text), str | None)
