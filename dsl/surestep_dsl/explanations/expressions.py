"""Codes of expressions."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.explanations.page import Page
from surestep_dsl.limits import MAX_EXPRESSION_CHARACTERS, MAX_EXPRESSION_NESTING

__all__ = ["PAGES"]

_EVENTS: Final = """types:
  Card: {fields: {kind: "enum[card]", last4: string}}
  Bank: {fields: {kind: "enum[bank]", iban: string}}
  Payment: {union: {on: kind, of: [Card, Bank]}}
events:
  shop/order.created:
    data:
      orderId: string
      amount: integer
      currency: enum[usd, eur]
      note?: string
      coupon?: {type: string, deprecated: true}
      payment: Payment
  shop/order.paid: {data: {orderId: string, amount: integer}}
functions:
  f:
"""


def _if(expression: str) -> str:
    return f"{_EVENTS}    triggers:\n      event: shop/order.created\n      if: >-\n        {expression}\n"


def _page(text: str, wrong: str, right: str) -> Page:
    """A page whose examples are conditions of a trigger."""
    return Page(text, _if(wrong), _if(right))


PAGES: Final[Mapping[str, Page]] = {
    "E102": _page(
        "A text literal is not closed, or has an unknown escape.",
        r"event.data.orderId == '\q'",
        "event.data.orderId == 'q'",
    ),
    "E103": _page(
        "Whole numbers have 64 bits.",
        "event.data.amount < 99999999999999999999",
        "event.data.amount < 99999999999999999999.0",
    ),
    "E104": _page(
        f"An expression has at most {MAX_EXPRESSION_CHARACTERS:,} characters.",
        f"event.data.orderId != '{'x' * MAX_EXPRESSION_CHARACTERS}'",
        "event.data.orderId != 'x'",
    ),
    "E105": _page(
        f"Parts of an expression stand at most {MAX_EXPRESSION_NESTING} deep in each other.",
        f"{'(' * (MAX_EXPRESSION_NESTING + 1)}true{')' * (MAX_EXPRESSION_NESTING + 1)}",
        "((true))",
    ),
    "E106": _page(
        "`has` takes the path of one field, and `all`, `exists`, `map` and `filter` take a variable and an expression.",
        "has(event)",
        "has(event.data.note)",
    ),
    "E201": _page(
        "There are only the names `event` and, where two events are compared, `async`.",
        "evnt.data.amount > 1",
        "event.data.amount > 1",
    ),
    "E204": _page("No function has this name.", "sizeof(event.data.orderId) > 1", "size(event.data.orderId) > 1"),
    "E205": _page(
        "A function is called with too many or too few arguments, or in the wrong form.",
        "event.data.orderId.startsWith()",
        "event.data.orderId.startsWith('a')",
    ),
    "E206": Page(
        "`async` is the event that cancels or is waited for. A trigger's condition sees only its own event.",
        _if("event.data.orderId == async.data.orderId"),
        f"{_EVENTS}    triggers: {{event: shop/order.created}}\n    cancel_on:\n"
        "      - {event: shop/order.paid, if: event.data.orderId == async.data.orderId}\n",
    ),
    "E301": _page(
        "An operator joins values that it cannot join; it would always give an error.",
        "event.data.orderId > 5",
        "int(event.data.orderId) > 5",
    ),
    "E302": _page(
        "A function gets an argument that it cannot use.", "size(event.data.amount) > 1", "size(event.data.orderId) > 1"
    ),
    "E304": _page(
        "A field is compared with a value that it never has.",
        "event.data.currency == 'usdd'",
        "event.data.currency == 'usd'",
    ),
    "E305": _page(
        "Texts and numbers have no fields and no items.",
        "event.data.orderId.length > 1",
        "size(event.data.orderId) > 1",
    ),
    "E306": _page(
        "A regular expression does not compile. It must be one that takes linear time: no look-around, no references.",
        "event.data.orderId.matches('(a')",
        "event.data.orderId.matches('(a)')",
    ),
    "E307": _page(
        "A part without any field always gives an error.",
        "timestamp('tomorrow') > timestamp('2025-01-01T00:00:00Z')",
        "now() > timestamp('2025-01-01T00:00:00Z')",
    ),
    "E401": _page(
        "What is never null is compared with null, so the result never changes.",
        "event.data.orderId == null",
        "event.data.note == null",
    ),
    "E402": _page(
        "A field that may be absent is used where that gives an error. Ask for it first.",
        "event.data.note.startsWith('a')",
        "has(event.data.note) && event.data.note.startsWith('a')",
    ),
    "E403": _page(
        "A field exists only on some members of a union. Ask for the tag first.",
        "event.data.payment.last4 == '0000'",
        "event.data.payment.kind == 'card' && event.data.payment.last4 == '0000'",
    ),
    "E404": _page(
        "The field is deprecated; its `description` should say what replaces it.",
        "event.data.coupon == 'a'",
        "event.data.note == 'a'",
    ),
    "E405": Page(
        "Only some of the events that start the function have the field, so the others never match.",
        "events:\n  shop/a: {data: {orderId: string}}\n  shop/b: {}\n  shop/stop: {data: {orderId: string}}\n"
        "functions:\n  f:\n    triggers: [{event: shop/a}, {event: shop/b}]\n"
        "    cancel_on: {event: shop/stop, match: data.orderId}\n",
        "events:\n  shop/a: {data: {orderId: string}}\n  shop/stop: {data: {orderId: string}}\n"
        "functions:\n  f:\n    triggers: {event: shop/a}\n    cancel_on: {event: shop/stop, match: data.orderId}\n",
    ),
}
