"""What the demo sends, and what must come of it: stories of orders, sign-ups, synchronisations, reports and invoices.

Every expectation is stated here by hand, event by event, independently of what the engine makes of the specs.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["REQUESTS", "Case", "Event", "Outcome", "Sent", "make_cases", "plan_requests"]

Event: TypeAlias = Mapping[str, object]

REQUESTS: Final = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that an event must start, and how it must end. `result` are the fields of its result that matter."""

    function_id: str
    status: str = "completed"
    result: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """An event and the runs it must start.

    Attributes:
        later: how many requests after the story's first event it is sent.
    """

    event: Event
    outcomes: tuple[Outcome, ...] = ()
    later: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One story.

    Attributes:
        cancelled: the arguments that its calls to services are known by, where it is cancelled on purpose: then the
            result of a body in progress is dropped.
    """

    sent: tuple[Sent, ...]
    cancelled: frozenset[str] = frozenset()


def make_cases() -> list[Case]:
    """All stories, well mixed and the same every time."""
    cases = [*_orders(), *_signups(), *_syncs(), *_reports(), *_invoices()]
    random.Random(1).shuffle(cases)  # noqa: S311 -- the order of stories is no secret
    return cases


def plan_requests(cases: list[Case]) -> list[list[Sent]]:
    """The events of all stories, request by request; what comes later goes into the last one at the latest."""
    requests: list[list[Sent]] = [[] for _ in range(REQUESTS)]
    for number, case in enumerate(cases):
        first = number % (REQUESTS - 1)
        for sent in case.sent:
            requests[min(first + sent.later, REQUESTS - 1)].append(sent)
    return requests


def _orders() -> Iterator[Case]:
    for number in range(170):
        result = (("status", "fulfilled"), ("chargeId", f"charge-order-{number}"))
        order = _order(number, Outcome("process-order", result=result))
        yield Case((order, _payment(number, later=number % 3)))
    for number in range(200, 212):
        yield Case((_order(number, Outcome("process-order", result=(("status", "unpaid"),)), pay_within="2s"),))
    for number in range(220, 228):
        yield Case((_order(number, Outcome("process-order", "failed")), _payment(number, "declined")))
    for number in range(240, 248):
        cancel = Sent({"name": "shop/order.cancelled", "data": {"orderId": f"order-{number}"}}, later=1)
        order = _order(number, Outcome("process-order", "cancelled"), hold_for="1h")
        yield Case((order, cancel), frozenset({f"order-{number}", f"buyer-{number}"}))
    for number in range(260, 266):  # what costs nothing starts no run
        yield Case((_order(number, amount=0),))
    for number in range(280, 286):  # sent twice, run once
        order = _order(number, Outcome("process-order", result=(("status", "fulfilled"),)))
        yield Case((order, Sent(order.event, later=1), _payment(number, later=2)))


def _order(
    number: int, *outcomes: Outcome, pay_within: str = "60s", hold_for: str | None = None, amount: int = 900
) -> Sent:
    data = {
        "orderId": f"order-{number}",
        "userId": f"buyer-{number}",
        "amount": amount,
        "currency": "eur" if number % 2 else "usd",
        "items": [{"id": f"item-{item}", "quantity": 1 + item} for item in range(1 + number % 3)],
        "customerTier": "premium" if number % 5 == 0 else "standard",
        "holdFor": hold_for or f"{100 * (number % 8)}ms",
        "payWithin": pay_within,
    }
    return Sent({"name": "shop/order.created", "data": data}, outcomes)


def _payment(number: int, kind: str = "card", *, later: int = 0) -> Sent:
    data = {"orderId": f"order-{number}", "paymentId": f"{kind}-{number}"}
    return Sent({"name": "shop/payment.success", "data": data}, later=later)


def _signups() -> Iterator[Case]:
    for number in range(60):
        is_free = number % 10 == 0  # the pretended CRM has no room for these
        user_id = f"member-{number}"
        data = {
            "userId": user_id,
            "email": f"{user_id}@example.org",
            "plan": "free" if is_free else "pro",
            "stripeCustomerId": f"cus-{number}",
            "answerWithin": "4s" if is_free else "60s",
        }
        result = (("contactId", None if is_free else f"contact-{user_id}"),)
        outcome = Outcome("orchestrate-onboarding", result=result)
        yield Case((Sent({"name": "user/signup.completed", "data": data}, (outcome,)),))


def _syncs() -> Iterator[Case]:
    for number in range(20):
        errors = 1 if number % 10 == 7 else 0  # one provider is down for these
        result = (("processed", 120), ("errors", errors))
        yield Case((_sync(f"log-{number}", Outcome("provider-sync", result=result)),))
    yield Case((_sync("log-dry", Outcome("provider-sync", result=(("processed", 0),)), dry_run=True),))
    for number in range(3):
        yield Case((_sync(f"unknown-{number}", Outcome("provider-sync", "failed")),))
    for number in range(3):
        log_id = f"stopped-{number}"
        cancel = Sent({"name": "provider/sync.cancelled", "data": {"log_id": log_id}})
        yield Case((_sync(log_id, Outcome("provider-sync", "cancelled")), cancel), frozenset({log_id}))


def _sync(log_id: str, outcome: Outcome, *, dry_run: bool = False) -> Sent:
    data = {"triggered_by": "manual", "log_id": log_id, "options": {"dryRun": dry_run}}
    return Sent({"name": "provider/sync.requested", "data": data}, (outcome,))


def _reports() -> Iterator[Case]:
    for number in range(40):
        user_id = f"reader-{number}"
        result = (("url", f"https://reports.example.org/{user_id}?rows={100 + len(user_id)}"),)
        yield _report(user_id, Outcome("send-report", result=result))
    for number in range(3):
        yield _report(f"unknown-reader-{number}", Outcome("send-report", "failed"))


def _report(user_id: str, outcome: Outcome) -> Case:
    return Case((Sent({"name": "manual/report.requested", "data": {"userId": user_id}}, (outcome,)),))


def _invoices() -> Iterator[Case]:
    """Checked and kept, but nothing reacts to them."""
    for number in range(30):
        data = {
            "customerId": f"cus-{number}",
            "invoiceId": f"in-{number}",
            "userId": f"member-{number}",
            "amount": 1000,
            "metadata": {"accountId": f"acct-{number}", "accountName": "Acme"},
        }
        yield Case((Sent({"name": "billing/invoice.paid", "data": data}),))
