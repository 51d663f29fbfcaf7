from collections.abc import Callable

import pytest

from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr import PROBLEM_CODES, Expression, Scope, Use, check_expression, parse_expression

ProblemsOf = Callable[..., list[tuple[str, str]]]
HintOf = Callable[[str], str | None]


@pytest.mark.parametrize(
    "text",
    [
        'event.data.amount > 100 && event.data.currency == "usd"',
        "int(event.data.amount) % 2 == 1",
        'timestamp(event.data.paidAt) > timestamp("2025-01-01T00:00:00Z")',
        "double(event.data.price) > 9.5",
        "event.data.meta.anything[0].goes > 1 && event.data.meta",
        "event.data.tags.exists(tag, tag.startsWith('x'))",
        "event.data.nest[0][0].size() > 0",
        "event.data.level in [1, 2] || event.data.level == 3.0",
        "event.data['currency'] == 'eur'",
        "event.ts > 0 && event.id != '' && event.v == null",
        "event.data.retries > 1",
        "event.data.express && !event.data.express || (event.data.express ? true : false)",
        "event.data.plan == 'pro' || event.data.note == null",
        "event.data.address.city == null",
        "event.data.all(key, key != '')",
        "{1: 'a', 2: 'b'}[event.data.level] == 'a'",
    ],
)
def test_a_sound_condition_has_no_problems(problems_of: ProblemsOf, text: str) -> None:
    assert problems_of(text) == []


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("evnt.data.amount > 1", "E201", "evnt"),
        ("event.data.amuont > 1", "E202", "amuont"),
        ("event.data['amuont'] > 1", "E202", "event.data['amuont']"),
        ("has(event.data.amuont)", "E202", "amuont"),
        ("'amuont' in event.data", "E202", "'amuont' in event.data"),
        ("event.data.tags.exists(t, u == '')", "E201", "u"),
        ("event.data.tags.includes('x')", "E204", "includes"),
        ("event.data.tags.size(1) > 0", "E205", "size"),
        ("event.data.orderId.lowercase() == ''", "E205", "lowercase"),
        ("async.data.orderId == ''", "E206", "async"),
        ("event.data.amount == 'x'", "E301", "event.data.amount == 'x'"),
        ("event.data.amount % 2 == 0", "E301", "event.data.amount % 2"),
        ("event.data.amount + 'a' == ''", "E301", "event.data.amount + 'a'"),
        ("event.data.paidAt > now()", "E301", "event.data.paidAt > now()"),
        ("!event.data.amount", "E301", "event.data.amount"),
        ("event.data.amount && true", "E301", "event.data.amount"),
        ("-event.data.orderId == 1", "E301", "event.data.orderId"),
        ("1 in event.data.tags", "E301", "1 in event.data.tags"),
        ("'a' in event.data.orderId", "E301", "event.data.orderId"),
        ("event.data.amount.all(n, true)", "E301", "event.data.amount"),
        ("event.data.tags.all(t, t)", "E301", "t"),
        ("{1.5: 2} == {}", "E301", "1.5"),
        ("event.data.tags > event.data.tags", "E301", "event.data.tags > event.data.tags"),
        ("event.data.orderId.startsWith(1)", "E302", "1"),
        ("event.data.orderId.substring(event.data.amount) == ''", "E302", "event.data.amount"),
        ("event.data.tags['x'] == ''", "E305", "event.data.tags['x']"),
        ("event.data.tags[true] == ''", "E302", "true"),
        ("event.data.currency == 'gbp'", "E304", "'gbp'"),
        ("'gbp' != event.data.currency", "E304", "'gbp'"),
        ("event.data.currency in ['usd', 'gbp']", "E304", "'gbp'"),
        ("event.data.level == 4", "E304", "4"),
        ("event.name == 'order/paid'", "E304", "'order/paid'"),
        ("event.data.tags.length > 1", "E305", "event.data.tags.length"),
        ("event.data.amount[0] == 1", "E305", "event.data.amount[0]"),
        ("event.data.orderId.matches('(')", "E306", "'('"),
        ("timestamp('2025') < now()", "E307", "timestamp('2025')"),
        ("event.data.amount > 1 / 0", "E307", "1 / 0"),
        ("event.data.amount == null", "E401", "event.data.amount == null"),
        ("event.data.plan > 'a'", "E402", "event.data.plan"),
        ("event.data.plan.size() > 1", "E402", "event.data.plan"),
        ("event.data.address.city + 'x' == ''", "E402", "event.data.address.city"),
        ("event.data.labels.a > 1", "E402", "event.data.labels.a"),
        ("event.data.note in event.data.labels", "E402", "event.data.note"),
        ("event.data.payment.iban == ''", "E403", "event.data.payment.iban"),
        ("event.data.old == ''", "E404", "event.data.old"),
        ("event.data.orderId", "E303", "event.data.orderId"),
    ],
)
def test_a_problem_has_a_code_and_marks_its_place(problems_of: ProblemsOf, text: str, code: str, marked: str) -> None:
    assert problems_of(text) == [(code, marked)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("evnt.data.amount > 1", "did you mean `event`?"),
        ("amount > 1", "write `event.data.amount`"),
        ("data.amount > 1", "write `event.data`"),
        ("event.data.amuont > 1", "did you mean `amount`?"),
        ("event.data.orderId.startWith('')", "did you mean `startsWith`?"),
        ("event.data.orderId.toLowerCase() == ''", "did you mean `lowerAscii`?"),
        ("event.data.tags.length > 1", "write `event.data.tags.size()`"),
        ("event.data.orderId.replace('') == ''", "write `string.replace(string, string, int?)`"),
        ("event.data.amount % 2 == 0", "JSON numbers are doubles; convert with `int()`"),
        ("event.data.amount + 'a' == ''", "convert with `string()`"),
        ("event.data.price > 1", "convert the text with `double()`"),
        ("event.data.paidAt > now()", "times are texts on the wire; convert with `timestamp()`"),
        ("event.data.currency == 'usdd'", "did you mean `usd`?"),
        ("event.data.currency == 'x'", "it is one of eur, usd"),
        ("event.data.plan > 'a'", "write `has(event.data.plan) && ...`"),
        ("has(event.data.note) && event.data.note > 'a'", "write `event.data.note != null && ...`"),
    ],
)
def test_a_hint_tells_how_to_mend_it(hint_of: HintOf, text: str, hint: str) -> None:
    assert hint_of(text) == hint


@pytest.mark.parametrize(
    "text",
    [
        "has(event.data.plan) && event.data.plan.size() > 1",
        "!has(event.data.plan) || event.data.plan.size() > 1",
        "has(event.data.plan) ? event.data.plan.size() > 1 : false",
        "!has(event.data.plan) ? false : event.data.plan.size() > 1",
        "event.data.note != null && event.data.note.size() > 1",
        "event.data.note == null || event.data.note.size() > 1",
        "!(event.data.note == null) && event.data.note.size() > 1",
        "(event.data.note != null && true) && event.data.note.size() > 1",
        "event.data.plan in ['a', 'b'] && event.data.plan.size() > 1",
        "event.data.plan == 'a' && event.data.plan.size() > 1",
        "'plan' in event.data && event.data.plan.size() > 1",
        "has(event.data.address.city) && event.data.address.city.size() > 1",
        "has(event.data.labels.a) && event.data.labels.a > 1",
        "event.data.payment.kind == 'card' && event.data.payment.last4 == ''",
        "event.data.payment.kind != 'card' || event.data.payment.last4 == ''",
        "event.data.payment.kind == 'card' ? event.data.payment.last4 == '' : event.data.payment.iban == ''",
        "has(event.data.payment.iban) && event.data.payment.iban == ''",
    ],
)
def test_a_test_before_narrows_what_follows(problems_of: ProblemsOf, text: str) -> None:
    assert problems_of(text) == []


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("has(event.data.plan) || event.data.plan.size() > 1", "event.data.plan"),
        ("event.data.plan.size() > 1 && has(event.data.plan)", "event.data.plan"),
        ("has(event.data.plan) && event.data.note.size() > 1", "event.data.note"),
        ("has(event.data.note) && event.data.note.size() > 1", "event.data.note"),
        ("event.data.plan != 'a' && event.data.plan.size() > 1", "event.data.plan"),
        ("(has(event.data.plan) || true) && event.data.plan.size() > 1", "event.data.plan"),
    ],
)
def test_a_test_that_says_nothing_narrows_nothing(problems_of: ProblemsOf, text: str, marked: str) -> None:
    assert problems_of(text) == [("E402", marked)]


def test_a_loop_variable_hides_an_outer_one_and_its_facts(problems_of: ProblemsOf) -> None:
    text = "[event.data].exists(x, has(x.plan) && [event.data].exists(x, x.plan.size() > 1))"
    assert problems_of(text) == [("E402", "x.plan")]


@pytest.mark.parametrize(
    ("text", "use", "codes"),
    [
        ("event.data.amount", Use.KEY, []),
        ("event.data.plan", Use.KEY, []),
        ("event.data.tags", Use.KEY, ["E303"]),
        ("event.data.pin", Use.KEY, ["E309"]),
        ("event.data.pin == ''", Use.FILTER, []),
        ("event.data.plan == 'pro' ? 120 : 0", Use.PRIORITY, []),
        ("int(event.data.amount)", Use.PRIORITY, []),
        ("event.data.amount", Use.PRIORITY, ["E303"]),
        ("event.data.plan == 'pro' ? 601 : 0", Use.PRIORITY, ["E308"]),
        ("-601", Use.PRIORITY, ["E308"]),
        ("600", Use.PRIORITY, []),
    ],
)
def test_the_use_decides_what_the_result_may_be(problems_of: ProblemsOf, text: str, use: Use, codes: list[str]) -> None:
    assert [code for code, _ in problems_of(text, use=use)] == codes


def test_a_field_missing_on_every_event_is_an_error(
    problems_of: ProblemsOf, order_scope: Scope, refund_scope: Scope
) -> None:
    assert problems_of("event.data.x == 1", order_scope, refund_scope) == [("E202", "x")]
    assert problems_of("has(event.data.x)", order_scope, refund_scope) == [("E202", "x")]


@pytest.mark.parametrize(
    ("use", "severity"),
    [(Use.FILTER, Severity.ERROR), (Use.KEY, Severity.ERROR), (Use.ANSWER, Severity.WARNING)],
)
def test_a_field_missing_on_some_events_depends_on_the_use(
    order_scope: Scope, refund_scope: Scope, use: Use, severity: Severity
) -> None:
    expression = parse_expression("event.data.reason == 'x'")
    assert isinstance(expression, Expression)
    (problem,) = check_expression(expression, (order_scope, refund_scope), use)
    assert (problem.code, problem.severity) == ("E203", severity)
    assert problem.message == "`event.data` has no field `reason` on `order/created`"


@pytest.mark.parametrize(
    "text",
    [
        "has(event.data.reason) && event.data.reason.size() > 1",
        "has(event.data.reason) ? event.data.reason == 'x' : event.data.amount > 1",
        "event.name == 'order/refunded' && event.data.reason.size() > 1",
        "event.name != 'order/refunded' || event.data.reason.size() > 1",
        "event.data.orderId == 'x'",
    ],
)
def test_a_test_of_the_event_makes_its_fields_safe(
    problems_of: ProblemsOf, order_scope: Scope, refund_scope: Scope, text: str
) -> None:
    assert problems_of(text, order_scope, refund_scope) == []


def test_async_has_the_type_of_the_second_event(problems_of: ProblemsOf, pair_scope: Scope) -> None:
    assert problems_of("event.data.orderId == async.data.orderId", pair_scope) == []
    assert problems_of("async.data.amount == 1", pair_scope) == [("E202", "amount")]
    assert problems_of("async.data.amount == event.data.orderId", pair_scope) == [("E202", "amount")]
    assert problems_of("event.data.amount == async.data.reason", pair_scope)[0][0] == "E301"


def test_checking_what_is_nested_takes_no_exponential_time(problems_of: ProblemsOf) -> None:
    equal, contained = "event.data.meta", "event.data.meta"
    for _ in range(28):
        equal = f"({equal} == event.data.meta)"
    for _ in range(14):
        contained = f"{contained} in [event.data.meta, {contained}]" if len(contained) < 4_000 else contained
    assert problems_of(equal) == []
    assert problems_of(contained) == []


def test_every_code_has_a_title_and_a_letter() -> None:
    assert all(code[0] == "E" and len(code) == 4 and title for code, (_, title) in PROBLEM_CODES.items())
