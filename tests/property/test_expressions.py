"""The checker's silence can be trusted, and folding constants changes no value: on every small expression there is.

All operators, functions and macros meet all kinds of operands. That nothing ever raises, also on large expressions, is
tested with random ones beside the unit tests of the language.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, Final
from unittest import mock

from surestep_dsl.datatypes import EnumOf, Field, ListOf, MapOf, Nullable, ObjectOf, Scalar, ScalarKind
from surestep_dsl.expr import (
    FUNCTIONS,
    EventScope,
    ExprError,
    Problem,
    Scope,
    Use,
    check_expression,
    compile_expression,
    evaluate,
    parse_expression,
)

TEXT: Final = Scalar(ScalarKind.STRING)
FIELDS: Final = (
    Field("amount", Scalar(ScalarKind.NUMBER)),
    Field("currency", EnumOf(("usd", "eur"))),
    Field("paidAt", Scalar(ScalarKind.DATETIME)),
    Field("express", Scalar(ScalarKind.BOOLEAN)),
    Field("tags", ListOf(TEXT)),
    Field("labels", MapOf(Scalar(ScalarKind.INTEGER))),
    Field("note", Nullable(TEXT)),
    Field("plan", TEXT, optional=True),
)
SCOPE: Final = Scope(EventScope("a/b", ObjectOf(FIELDS)))
ORDER: Final[dict[str, Any]] = {
    "amount": 2.5,
    "currency": "usd",
    "paidAt": "2025-01-01T00:00:00Z",
    "express": True,
    "tags": ["a", "12", ""],
    "labels": {"a": 1, "b": -2},
    "note": None,
}
EVENTS: Final[list[dict[str, Any]]] = [
    {"name": "a/b", "id": "1", "ts": 0, "data": ORDER},
    {"name": "a/b", "id": "1", "ts": 0, "data": {**ORDER, "note": "n", "plan": "p", "tags": [], "labels": {}}},
]
OF_A_WRONG_TYPE: Final = re.compile(
    r"not take|takes (a boolean|booleans|a list or|a number|whole)|no order|cannot index|not look"
)

PATHS: Final = [f"event.data.{field.name}" for field in FIELDS]
LITERALS: Final = ["2", "0", "-7", "2.5", "9223372036854775807", "true", "null", "'12'", "[1, 2]", "['a']", "{'a': 1}"]
TIMES: Final = ["timestamp('2025-01-01T00:00:00Z')", "duration('1h')"]
OPERANDS: Final = [*PATHS, *LITERALS, *TIMES]
OPERATORS: Final = ["+", "-", "*", "/", "%", "<", ">=", "==", "!=", "in", "&&", "||"]
LOOPS: Final = ["all", "exists", "exists_one", "filter", "map"]
NARROWINGS: Final = ["{0} != null &&", "{0} == null ||", "has({0}) &&", "!has({0}) ||", "{0} == null &&"]


def small_expressions(operands: list[str]) -> Iterator[str]:
    for one, other in product(operands, operands):
        yield from (f"{one} {operator} {other}" for operator in OPERATORS)
        yield from (f"{one}.{loop}(x, x == {other})" for loop in LOOPS)
        yield from (f"{one}.{loop}(x, x > {other})" for loop in LOOPS)
        # The checker does not know of what `join` takes a list.
        yield from (f"{one}.{name}({other})" for name in FUNCTIONS if name != "join")
        yield f"{one}[{other}]"
    for one in operands:
        yield from (f"!{one}", f"-({one})", f"{one} ? 1 : 2", f"!(!{one})", *(f"{name}({one})" for name in FUNCTIONS))


def narrowed_expressions() -> Iterator[str]:
    for narrowing, path, operator, literal in product(NARROWINGS, PATHS, OPERATORS, LITERALS):
        yield f"{narrowing.format(path)} {path} {operator} {literal} == true"


def values(text: str) -> list[object]:
    expression = parse_expression(text)
    assert not isinstance(expression, Problem)
    program = compile_expression(expression)
    return [evaluate(program, event, now_ms=0) for event in EVENTS]


def test_an_expression_without_findings_never_meets_a_wrong_type() -> None:
    silent, wrong = 0, []
    for text in (*small_expressions(OPERANDS), *narrowed_expressions()):
        expression = parse_expression(text)
        assert not isinstance(expression, Problem)
        if not [found for found in check_expression(expression, [SCOPE], Use.KEY) if found.code != "E303"]:
            silent += 1
            wrong += [(text, v) for v in values(text) if isinstance(v, ExprError) and OF_A_WRONG_TYPE.search(v.message)]
    assert wrong == []
    assert silent > 1_000


def test_folding_constants_changes_no_value() -> None:
    for text in small_expressions([*LITERALS[::2], *TIMES]):
        folded = values(text)
        with mock.patch("surestep_dsl.expr.compile.is_constant", return_value=False):
            unfolded = values(text)
        assert repr(folded) == repr(unfolded), text
