"""Conditions, keys, priorities and matches: against every event they may meet."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.expression_scopes import Placed, placed_expressions
from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic, Severity
from surestep_dsl.expr import MatchPath, Problem, Use, check_expression, check_match, parse_expression, parse_match
from surestep_dsl.limits import MAX_WIDE_CHECKS

__all__ = ["CHECK"]


def find_bad_expressions(view: View) -> Iterator[Diagnostic]:
    """An expression is checked against each event it may meet: names, fields, types, and what its place wants.

    A field that no event has is an error. One that only some events have is an error in conditions, keys and
    priorities, and a warning in `match` and `cancel_on`; `has()` silences both. A cron trigger is left out where the
    function also has an event trigger; a function without triggers reads its `input`.
    """
    # the view keeps all scopes, so no other ones can have their ids
    known: dict[tuple[str, Use | None, int], tuple[Problem, ...]] = {}
    wide = 0
    functions = view.project.functions.values()
    for placed in (placed for function in functions for placed in placed_expressions(view, function)):
        key = (placed.text, placed.use, id(placed.scopes))
        if key not in known:
            wide += max(0, len(placed.scopes) - 1)
            known[key] = _problems(placed) if wide <= MAX_WIDE_CHECKS else (_too_wide(placed.text),)
        for problem in known[key]:
            span = view.places.text_span(placed.path, problem.start, problem.end)
            yield Diagnostic(problem.code, problem.severity, problem.message, span, problem.hint)


def _problems(placed: Placed) -> tuple[Problem, ...]:
    parsed = parse_match(placed.text) if placed.use is None else parse_expression(placed.text)
    if isinstance(parsed, Problem):
        return (parsed,)
    if not placed.scopes:
        return ()
    if isinstance(parsed, MatchPath):
        return check_match(parsed, placed.scopes)
    return () if placed.use is None else check_expression(parsed, placed.scopes, placed.use)


def _too_wide(text: str) -> Problem:
    message = f"the expressions of this project are to be checked against more than {MAX_WIDE_CHECKS:,} events"
    return Problem("F114", Severity.ERROR, message, 0, len(text), "name events in full instead of by patterns")


_EVENTS: Final = """
events:
  shop/order.created: {data: {orderId: string, amount: integer, secret: {type: string, sensitive: true}}}
  shop/order.cancelled: {data: {orderId: string}}
functions:
  f:
"""
_CREATED: Final = f"{_EVENTS}    triggers: {{event: shop/order.created}}\n"
_ANY: Final = f"{_EVENTS}    triggers: {{event: shop/*}}\n"

CHECK: Final = Check(
    codes=("E101", "E202", "E203", "E207", "E303", "E308", "E309"),
    find=find_bad_expressions,
    valid=(
        f"{_CREATED}    idempotency: event.data.orderId\n    priority: 'event.data.amount > 100 ? 10 : 0'",
        f"{_ANY}    concurrency: {{limit: 1, key: event.data.orderId}}",
        f"{_ANY}    debounce: {{period: 1s, key: 'has(event.data.amount) ? event.data.amount : 0'}}",
        f"{_CREATED}    cancel_on: {{event: shop/order.cancelled, match: data.orderId}}",
        f"{_EVENTS}    input: {{userId: string}}\n    singleton: {{mode: skip, key: event.data.userId}}",
        f"{_EVENTS}    triggers: {{cron: '0 0 * * *'}}\n    throttle: {{limit: 1, period: 1s, key: event.data.cron}}",
    ),
    invalid=(
        (f"{_CREATED}    idempotency: event.data.", "E101"),
        (f"{_CREATED}    idempotency: event.data.orderid", "E202"),
        (f"{_EVENTS}    triggers: {{event: shop/order.created, if: event.data.amuont > 1}}", "E202"),
        (f"{_EVENTS}    idempotency: event.data.orderId", "E202"),
        (f"{_ANY}    rate_limit: {{limit: 1, period: 1s, key: event.data.amount}}", "E203"),
        (f"{_CREATED}    cancel_on: {{event: shop/order.cancelled, match: event.data.orderId}}", "E207"),
        (f"{_CREATED}    batch_events: {{max_size: 2, timeout: 1s, if: event.data.amount}}", "E303"),
        (f"{_CREATED}    concurrency: 1\n    priority: 601", "E308"),
        (f"{_CREATED}    idempotency: event.data.secret", "E309"),
    ),
)
