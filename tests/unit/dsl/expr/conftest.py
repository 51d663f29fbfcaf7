from collections.abc import Callable

import pytest

from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
)
from surestep_dsl.expr import (
    EventScope,
    Problem,
    Scope,
    Use,
    Value,
    check_expression,
    compile_expression,
    evaluate,
    parse_expression,
)

NOW_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z


def scalar(kind: str) -> DataType:
    return Scalar(ScalarKind(kind))


TYPES: dict[str, TypeDef] = {
    "Bank": ObjectDef("Bank", (Field("kind", EnumOf(("bank",))), Field("iban", scalar("string")))),
    "Card": ObjectDef("Card", (Field("kind", EnumOf(("card",))), Field("last4", scalar("string")))),
    "Nest": AliasDef("Nest", ListOf(Named("Nest"))),
    "Payment": TaggedUnionDef("Payment", "kind", ("Card", "Bank")),
}
ORDER_FIELDS = (
    Field("orderId", scalar("string")),
    Field("amount", scalar("integer")),
    Field("currency", EnumOf(("usd", "eur"))),
    Field("level", EnumOf((1, 2, 3))),
    Field("paidAt", scalar("datetime")),
    Field("price", scalar("decimal")),
    Field("tags", ListOf(scalar("string"))),
    Field("labels", MapOf(scalar("integer"))),
    Field("payment", Named("Payment")),
    Field("nest", Named("Nest")),
    Field("meta", scalar("json")),
    Field("pin", scalar("string"), sensitive=True),
    Field("old", scalar("string"), deprecated=True),
    Field("plan", scalar("string"), optional=True),
    Field("note", Nullable(scalar("string")), optional=True),
    Field("express", scalar("boolean"), optional=True),
    Field("retries", scalar("integer"), optional=True, default=[3]),
    Field("address", ObjectOf((Field("city", scalar("string")),)), optional=True),
)
ORDER = EventScope("order/created", ObjectOf(ORDER_FIELDS))
REFUND = EventScope("order/refunded", ObjectOf((Field("orderId", scalar("string")), Field("reason", scalar("string")))))


@pytest.fixture(scope="session")
def order_scope() -> Scope:
    return Scope(ORDER, None, TYPES)


@pytest.fixture(scope="session")
def refund_scope() -> Scope:
    return Scope(REFUND, None, TYPES)


@pytest.fixture(scope="session")
def pair_scope() -> Scope:
    return Scope(ORDER, REFUND, TYPES)


@pytest.fixture
def value_of() -> Callable[..., Value]:
    """The value of a text over `event.data` and perhaps `async.data`."""

    def run(text: str, data: JsonValue = None, other: JsonValue = None) -> Value:
        expression = parse_expression(text)
        assert not isinstance(expression, Problem), expression
        event: dict[str, JsonValue] = {"name": "order/created", "data": data, "id": "01J", "ts": NOW_MS}
        second: dict[str, JsonValue] = {"name": "order/refunded", "data": other, "id": "01K", "ts": NOW_MS}
        return evaluate(compile_expression(expression), event, second, now_ms=NOW_MS)

    return run


@pytest.fixture
def problems_of(order_scope: Scope) -> Callable[..., list[tuple[str, str]]]:
    """Codes of the problems of a text over `order/created`, each with the part of the text that it marks."""

    def run(text: str, *scopes: Scope, use: Use = Use.FILTER) -> list[tuple[str, str]]:
        return [(found.code, text[found.start : found.end]) for found in _problems(text, scopes or (order_scope,), use)]

    return run


@pytest.fixture
def hint_of(order_scope: Scope) -> Callable[[str], str | None]:
    """The hint of the only problem of a text."""

    def run(text: str) -> str | None:
        (problem,) = _problems(text, (order_scope,), Use.FILTER)
        return problem.hint

    return run


def _problems(text: str, scopes: tuple[Scope, ...], use: Use) -> tuple[Problem, ...]:
    expression = parse_expression(text)
    return (expression,) if isinstance(expression, Problem) else check_expression(expression, scopes, use)
