"""What is left to the user: a code, a place, and the file untouched."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from surestep_codegen.sync.survey import Survey

Hold: TypeAlias = Callable[..., Survey]

IMPORT = "from shop.contract.functions.process_order import process_order\n"
HANDLER = "@process_order\nasync def handle(ctx, step): ...\n"
CASES = {
    "a syntax error": ("async def handle(:\n", "K202", 1),
    "a null byte": ("x = '\0'\n", "K202", 1),
    "another encoding": ("# coding: latin-1\nx = 1\n", "K202", 1),
    "a star import that may bring the decorator": ("from shop.x import *\n" + HANDLER, "K203", 1),
    "a star import beside a missing name": ("from shop.x import *\n" + IMPORT + HANDLER, "K203", 1),
    "a decorator that is bound twice": (IMPORT + "process_order = print(process_order)\n" + HANDLER, "K204", 3),
    "a decorator that a function binds": (
        IMPORT + HANDLER + "def change():\n    global process_order\n    process_order = 1\n",
        "K204",
        2,
    ),
    "a needed name that means something else": (IMPORT + "ProcessOrderContext = int\n" + HANDLER, "K204", 1),
    "two handlers": (IMPORT + HANDLER + HANDLER.replace("handle", "other"), "K205", 3),
    "a handler under a condition": (
        IMPORT + "if print():\n    @process_order\n    async def handle(a, b): ...\n",
        "K206",
        4,
    ),
    "a handler in a class": (IMPORT + "class A:\n    @process_order\n    async def handle(a, b): ...\n", "K206", 4),
    "a handler of another name": (IMPORT + HANDLER.replace("handle", "work"), "K207", 3),
    "a handler without its decorator": ("async def handle(ctx, step): ...\n", "K208", 1),
    "too many parameters": (IMPORT + "@process_order\nasync def handle(ctx, step, more): ...\n", "K209", 3),
    "a keyword parameter": (IMPORT + "@process_order\nasync def handle(ctx, step, *, more): ...\n", "K209", 3),
    "a class that is no more": (
        "from shop.contract.functions.process_order import Something, process_order\n" + HANDLER,
        "K210",
        1,
    ),
    "the old package in a dotted name": (
        "import old.functions.process_order\n@old.functions.process_order.process_order\nasync def handle(a, b): ...\n",
        "K210",
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_said_and_the_file_left_alone(name: str, survey: Hold) -> None:
    text, code, line = CASES[name]
    found = survey({"process_order.py": text.encode()})
    assert [(one.code, one.span.file, one.span.line) for one in found.diagnostics] == [
        (code, "shop/handlers/process_order.py", line)
    ]
    changed = {change.path for change in found.changes}
    assert ("shop/handlers/process_order.py" in changed) == (code == "K207")
    assert all(one.hint for one in found.diagnostics)


def test_two_modules_with_a_handler_of_one_function_are_told_together(survey: Hold) -> None:
    found = survey({"process_order.py": (IMPORT + HANDLER).encode(), "other.py": (IMPORT + HANDLER).encode()})
    (one,) = found.diagnostics
    assert (one.code, one.span.file, one.related[0].span.file) == (
        "K205",
        "shop/handlers/other.py",
        "shop/handlers/process_order.py",
    )
    assert {change.path for change in found.changes} == {"shop/__init__.py", "shop/handlers/__init__.py"}


def test_handlers_of_functions_that_are_declared_no_more_are_listed_and_kept(survey: Hold) -> None:
    text = IMPORT.replace("process_order", "old") + HANDLER.replace("process_order", "old")
    found = survey({"old.py": text.encode()})
    assert [(one.code, one.severity, one.message) for one in found.diagnostics] == [
        ("K211", "warning", "no spec declares the function of `@old`, which `handle` handles")
    ]
    assert "shop/handlers/old.py" not in {change.path for change in found.changes}


def test_a_handler_elsewhere_is_found_and_not_written_again(survey: Hold) -> None:
    found = survey({"elsewhere.py": (IMPORT + HANDLER).encode()})
    assert [(one.code, one.hint) for one in found.diagnostics] == [
        ("K207", "move or rename it, or write `handler: shop.handlers.elsewhere:handle` in the spec")
    ]
    assert "shop/handlers/process_order.py" not in {change.path for change in found.changes}


def test_a_handler_that_its_module_imports_is_in_its_place(survey: Hold) -> None:
    files = {
        "elsewhere.py": (IMPORT + HANDLER).encode(),
        "process_order.py": b"from shop.handlers.elsewhere import handle, handle_failure\n",
    }
    assert survey(files).diagnostics == ()


def test_modules_that_are_not_there_are_written_as_by_generate(survey: Hold) -> None:
    found = survey({})
    assert [(change.path, change.before) for change in found.changes] == [
        ("shop/__init__.py", None),
        ("shop/handlers/__init__.py", None),
        ("shop/handlers/process_order.py", None),
    ]


def test_a_missing_upcaster_is_appended(survey: Hold) -> None:
    spec = (
        "spec: 1\napp: shop\nevents:\n"
        "  order/created: {version: c, previous: [{version: b, data: {}}, {version: a, data: {}}], data: {}}\n"
    )
    content = (
        b"from shop.contract.events.order_created import OrderCreatedData, OrderCreatedVb, upcast_vb\n\n\n"
        b"@upcast_vb\ndef from_vb(event: OrderCreatedVb) -> OrderCreatedData:\n    return OrderCreatedData()\n"
    )
    found = survey({"upcasters/order_created.py": content}, spec)
    after = {change.path: change.after.decode() for change in found.changes}["shop/handlers/upcasters/order_created.py"]
    assert after.splitlines()[-4:] == [
        "@upcast_va",
        "def from_va(event: OrderCreatedVa) -> OrderCreatedVbData:",
        '    """From version a to b."""',
        '    raise NotImplementedError("lift order/created from version a to b")',
    ]
    assert "OrderCreatedVa, OrderCreatedVb, OrderCreatedVbData, upcast_va, upcast_vb" in after
