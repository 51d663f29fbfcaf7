"""Codes of events, functions and triggers that are found while names are looked up."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.explanations.page import Page
from surestep_dsl.limits import MAX_PATTERN_TRIALS, MAX_WIDE_CHECKS

__all__ = ["PAGES"]

_EVENTS: Final = "events: {shop/order.created: {data: {orderId: string}}}\n"


def _function(written: str) -> str:
    return f"{_EVENTS}functions:\n  f:\n    {written}\n"


def _patterns(events: int, patterns: int) -> str:
    """Each pattern is compared with every event."""
    names = "".join(f"  shop/e{number}: {{}}\n" for number in range(events))
    triggers = [f"{{event: shop/*{number}}}" for number in range(patterns)]
    per_function = [triggers[at : at + 10] for at in range(0, patterns, 10)]
    functions = "".join(f"  f{at}: {{triggers: [{', '.join(part)}]}}\n" for at, part in enumerate(per_function))
    return f"events:\n{names}functions:\n{functions}"


def _wide(count: int) -> str:
    """Each expression meets 1,000 events."""
    events = "".join(f"  shop/e{number}: {{data: {{n: integer}}}}\n" for number in range(1_000))
    trigger = "{event: shop/*, if: event.data.n > "
    functions = "".join(f"  f{at}: {{triggers: {trigger}{at}}}}}\n" for at in range(count))
    return f"events:\n{events}functions:\n{functions}"


PAGES: Final[Mapping[str, Page]] = {
    "V102": Page(
        "No event has this name.",
        _function("triggers: {event: shop/order.craeted}"),
        _function("triggers: {event: shop/order.created}"),
    ),
    "V103": Page(
        "System events (`inngest/...`) cannot be sent, and only those about the end of a run can trigger, be waited "
        "for or cancel.",
        _function("emits: [inngest/function.failed]"),
        _function("triggers: {event: inngest/function.failed}"),
    ),
    "V105": Page(
        "A version is 1 to 64 printable characters, older ones differ from it and from each other.",
        'events: {shop/a: {version: "2", previous: [{version: "2"}]}}\n',
        'events: {shop/a: {version: "2", previous: [{version: "1"}]}}\n',
    ),
    "V106": Page(
        "A pattern such as `shop/*` matches no declared event, so it would never trigger.",
        _function("triggers: {event: store/*}"),
        _function("triggers: {event: shop/*}"),
    ),
    "V108": Page(
        f"All patterns of a project may be compared with at most {MAX_PATTERN_TRIALS:,} events. A pattern is compared "
        "only with events that begin as it does: name events in full, or begin patterns with more letters.",
        _patterns(1_000 + MAX_PATTERN_TRIALS // 1_000, 1_000),
        _patterns(3, 3),
    ),
    "F101": Page(
        "A trigger is either an event or a cron.",
        _function('triggers: {event: shop/order.created, cron: "0 0 * * *"}'),
        _function('triggers: [{event: shop/order.created}, {cron: "0 0 * * *"}]'),
    ),
    "F114": Page(
        "An expression is checked against every event that it may meet. Those beyond the first are counted, in the "
        f"whole project and once for equal texts; there may be {MAX_WIDE_CHECKS:,}. Name events in full.",
        _wide(1 + MAX_WIDE_CHECKS // 999),
        _wide(1),
    ),
    "F105": Page(
        "A limit for the whole app counts the runs whose keys are equal, so it needs a key.",
        _function("concurrency: {limit: 1, scope: app}"),
        _function("concurrency: {limit: 1, scope: app, key: \"'mail'\"}"),
    ),
    "F106": Page(
        "The place of a handler is written `module:name`.",
        _function("handler: shop.handlers.process"),
        _function("handler: shop.handlers:process"),
    ),
    "C103": Page(
        "A time zone stands in the cron and beside it, and they differ.",
        _function('triggers: {cron: "TZ=Europe/Paris 0 12 * * *", timezone: Europe/Rome}'),
        _function('triggers: {cron: "0 12 * * *", timezone: Europe/Paris}'),
    ),
}
