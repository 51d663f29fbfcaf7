"""Codes of what keys and values a spec may have, and of its types."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.explanations.page import HEADER, Page
from surestep_dsl.limits import MAX_ALIAS_CHAIN

__all__ = ["PAGES"]

_F: Final = "events: {shop/order.created: {}}\nfunctions:\n  f:\n    triggers: {event: shop/order.created}\n"


def _field(written: str) -> str:
    return f"events: {{shop/order.created: {{data: {{amount: {written}}}}}}}\n"


def _types(*lines: str) -> str:
    return "".join(("types:\n", *(f"  {line}\n" for line in lines)))


def _aliases(count: int) -> str:
    return _types("T0: string", *(f"T{number}: T{number - 1}" for number in range(1, count)))


_KEYS: Final = {
    "S101": Page(
        "A mapping has a key that means nothing there. The nearest key that does is named.",
        "events: {shop/order.created: {dta: {}}}\n",
        "events: {shop/order.created: {data: {}}}\n",
    ),
    "S102": Page(
        "A key that is required is missing.", {"shop.yaml": "app: shop\n"}, {"shop.yaml": "spec: 1\napp: shop\n"}
    ),
    "S103": Page(
        "A list stands where a mapping is wanted, or the like.",
        "events: [shop/order.created]\n",
        "events: {shop/order.created: {}}\n",
    ),
    "S104": Page(
        "A key has no value. Where nothing is meant, leave the key out.",
        "events: {shop/order.created: {version: }}\n",
        'events: {shop/order.created: {version: "1"}}\n',
    ),
    "S105": Page(
        "A number lies outside of what the engine can do.", f"{_F}    retries: 21\n", f"{_F}    retries: 20\n"
    ),
    "S106": Page("A count is a whole number.", f"{_F}    retries: many\n", f"{_F}    retries: 3\n"),
    "S107": Page(
        "A switch is `true` or `false`; `yes` and `on` are texts.",
        f"{_F}    on_failure: yes\n",
        f"{_F}    on_failure: true\n",
    ),
    "S108": Page(
        "A duration is written with units, the largest first, such as `1h30m` or `500ms`; or as ISO 8601 says.",
        f"{_F}    timeouts: {{finish: 90}}\n",
        f"{_F}    timeouts: {{finish: 90s}}\n",
    ),
    "S109": Page(
        "A duration is shorter or longer than the engine can do.",
        f"{_F}    throttle: {{limit: 1, period: 30d}}\n",
        f"{_F}    throttle: {{limit: 1, period: 7d}}\n",
    ),
    "S110": Page(
        "Only certain words can stand here.",
        f"{_F}    singleton: {{mode: wait}}\n",
        f"{_F}    singleton: {{mode: skip}}\n",
    ),
    "S111": Page(
        "Ids of apps, functions and steps are small letters, digits and single hyphens; names of types begin with a "
        "capital letter.",
        "functions: {processOrder: {}}\n",
        "functions: {process-order: {}}\n",
    ),
    "S113": Page(
        "Two keys say different things about one matter.",
        f"{_F}    timeouts: {{run: 1h, finish: 1h}}\n",
        f"{_F}    timeouts: {{finish: 1h}}\n",
    ),
    "S114": Page(
        "A list has more or fewer entries than it may have.",
        f"{_F}    concurrency: [{{limit: 1}}, {{limit: 2}}, {{limit: 3}}]\n",
        f"{_F}    concurrency: [{{limit: 1}}, {{limit: 2, key: event.name}}]\n",
    ),
    "S115": Page(
        "Two files declare one name. All files form one namespace.",
        {"a.yaml": f"{HEADER}events: {{shop/a: {{}}}}\n", "b.yaml": "spec: 1\nevents: {shop/a: {}}\n"},
        {"a.yaml": f"{HEADER}events: {{shop/a: {{}}}}\n", "b.yaml": "spec: 1\nevents: {shop/b: {}}\n"},
    ),
    "S116": Page(
        "All files of a project belong to one app; one file states it, and repeats must agree.",
        {"a.yaml": "spec: 1\napp: shop\n", "b.yaml": "spec: 1\napp: store\n"},
        {"a.yaml": "spec: 1\napp: shop\n", "b.yaml": "spec: 1\napp: shop\n"},
    ),
}

_TYPES: Final = {
    "T101": Page("A type expression cannot be read.", _field('"list[integer"'), _field('"list[integer]"')),
    "T102": Page("No type has this name.", _field("integr"), _field("integer")),
    "T103": Page(
        "A constraint does not fit the type.", _field("{type: string, min: 1}"), _field("{type: string, min_length: 1}")
    ),
    "T107": Page("An enum has no value, or one twice.", _field('"enum[usd, usd]"'), _field('"enum[usd, eur]"')),
    "T108": Page("An alias leads only back to itself.", _types("A: B", "B: A"), _types("A: B", "B: string")),
    "T112": Page(
        "A bound is no value of the type.", _field("{type: date, min: today}"), _field("{type: date, min: 2025-01-01}")
    ),
    "T113": Page(
        "A field has no name, or is written both with and without `?`.",
        "events: {shop/a: {data: {note: string, note?: string}}}\n",
        "events: {shop/a: {data: {note?: string}}}\n",
    ),
    "T114": Page(
        "A default and the like belong to a field, not to the items of a list or to a result.",
        _field("{items: {type: integer, default: 1}}"),
        _field("{items: {type: integer}, default: [1]}"),
    ),
    "T115": Page("A union lists a member twice.", _field('"string | integer | string"'), _field('"string | integer"')),
    "T116": Page(
        "The data of an event is an object.",
        f"{_types('Id: string')}events: {{shop/a: {{data: Id}}}}\n",
        f"{_types('Id: {fields: {id: string}}')}events: {{shop/a: {{data: Id}}}}\n",
    ),
    "T117": Page(
        f"A type stands on more than {MAX_ALIAS_CHAIN} aliases of aliases.", _aliases(MAX_ALIAS_CHAIN + 3), _aliases(5)
    ),
    "N104": Page(
        "`python:` chooses a name in the generated code, so it must be one that Python allows there.",
        "events: {shop/order.created: {python: class}}\n",
        "events: {shop/order.created: {python: OrderCreated}}\n",
    ),
}

PAGES: Final[Mapping[str, Page]] = {**_KEYS, **_TYPES}
