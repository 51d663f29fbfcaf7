from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from surestep_codegen.exports.asyncapi import render_asyncapi
from surestep_codegen.imports.asyncapi import read_asyncapi
from surestep_codegen.remarks import Remarks
from surestep_codegen.spec_text import render_spec
from surestep_dsl.load import load_files, load_project
from surestep_dsl.model import Project

ROOT = Path(__file__).parents[4]
SPEC = """\
spec: 1
app: shop
events:
  order/created: {version: b, previous: [{version: a, data: {id: integer}}], data: {id: string}}
  order/cancelled: {data: {id: string}}
  order/paid: {external: true, data: {id: string, größe: string?}, examples: [{id: x, größe: null}]}
  größe/gemessen: {}
types:
  Unused: string
functions:
  process-order:
    name: Process order
    triggers: [{event: order/created}, {event: inngest/function.failed}]
    cancel_on: {event: order/cancelled, match: data.id}
    steps:
      payment: {wait_for_event: order/paid, match: data.id, timeout: 1h}
    emits: []
  nightly: {triggers: {cron: "0 0 * * *"}, emits: [order/created]}
"""


def exported(remarks: Remarks | None = None) -> dict[str, Any]:
    loaded = load_files({"shop.yaml": SPEC}, severities={"E309": None})
    assert loaded.project is not None, loaded.errors
    return render_asyncapi(loaded.project, "2.0.0", remarks or Remarks())


@pytest.mark.parametrize("specs", ["specs", "tests/golden/generate/kinds/specs", "tests/golden/generate/shop/specs"])
def test_documents_are_valid_by_the_official_schema(specs: str, asyncapi_schema: dict[str, Any]) -> None:
    loaded = load_project(["."], ROOT / specs)
    assert loaded.project is not None
    document = render_asyncapi(loaded.project, "1.0.0", Remarks())
    assert [error.message for error in Draft7Validator(asyncapi_schema).iter_errors(document)] == []


def test_names_outside_of_ascii_are_valid_keys(asyncapi_schema: dict[str, Any]) -> None:
    document = exported()
    assert all(key.isascii() for key in document["channels"])
    assert [error.message for error in Draft7Validator(asyncapi_schema).iter_errors(document)] == []


def test_the_official_schema_would_find_a_mistake(asyncapi_schema: dict[str, Any]) -> None:
    document = exported()
    del document["info"]["version"]
    assert [error.message for error in Draft7Validator(asyncapi_schema).iter_errors(document)] != []


def test_functions_receive_what_starts_cancels_and_wakes_them_and_send_what_they_emit() -> None:
    operations = exported()["operations"]
    assert {name: (operation["action"], operation["channel"]["$ref"]) for name, operation in operations.items()} == {
        "nightly.send.OrderCreated": ("send", "#/channels/OrderCreated"),
        "process-order.receive.InngestFunctionFailed": ("receive", "#/channels/InngestFunctionFailed"),
        "process-order.receive.OrderCreated": ("receive", "#/channels/OrderCreated"),
        "process-order.receive.OrderCancelled": ("receive", "#/channels/OrderCancelled"),
        "process-order.receive.OrderPaid": ("receive", "#/channels/OrderPaid"),
    }


def test_each_version_of_an_event_is_a_message_of_its_channel() -> None:
    document = exported()
    assert document["channels"]["OrderCreated"] == {
        "address": "order/created",
        "messages": {
            "OrderCreated": {"$ref": "#/components/messages/OrderCreated"},
            "OrderCreatedVa": {"$ref": "#/components/messages/OrderCreatedVa"},
        },
    }
    assert document["components"]["schemas"]["OrderCreatedVa"]["properties"]["id"]["type"] == "integer"


def test_what_is_left_out_is_told_once_for_each_kind() -> None:
    remarks = Remarks()
    exported(remarks)
    assert [(remark.pointer, remark.what, remark.why) for remark in remarks.made] == [
        ("#/operations", "cron", "AsyncAPI knows no schedules: nightly"),
        ("#/operations", "if, match", "an operation receives every message of its channel: process-order"),
    ]
    assert all(remark.loses for remark in remarks.made)


def test_many_functions_are_counted() -> None:
    functions = "".join(
        f"  f{number}: {{input: {{a: string}}, returns: string, retries: 1, steps: {{s: {{sleep: 1h}}}}}}\n"
        for number in range(9)
    )
    loaded = load_files({"shop.yaml": f"spec: 1\napp: shop\nfunctions:\n{functions}  g: {{}}\n"})
    assert loaded.project is not None, loaded.errors
    remarks = Remarks()
    render_asyncapi(loaded.project, "1.0.0", remarks)
    assert [(remark.what, remark.why.partition(": ")[2]) for remark in remarks.made] == [
        ("flow control", "f0, f1, f2, f3, f4 and 4 more"),
        ("input", "f0, f1, f2, f3, f4 and 4 more"),
        ("returns", "f0, f1, f2, f3, f4 and 4 more"),
        ("steps", "f0, f1, f2, f3, f4 and 4 more"),
        ("emits", "g"),
    ]


def test_what_was_exported_comes_back_without_a_loss() -> None:
    spec = """\
spec: 1
app: shop
events:
  order/created:
    description: Somebody ordered.
    version: b
    id: "created-{id}"
    previous:
      - {version: a, data: {id: integer}}
      - {version: "0", data: {}}
    data: {id: string, card?: {type: Card, sensitive: true}, note: {type: string?, default: null, sensitive: true}}
    deprecated: true
  order/paid: {external: true, data: {id: string}, examples: [{id: x}]}
types:
  Card: {fields: {number: {type: string, sensitive: true, pattern: "^[0-9]+$"}}}
"""
    remarks = Remarks()
    first = loaded_project(spec)
    document = render_asyncapi(first, "1.0.0", remarks)
    back = read_asyncapi(document, "shop", remarks)
    assert [remark for remark in remarks.made if remark.loses] == []
    text = render_spec("shop", back.description, back.types, back.events)
    assert render_asyncapi(loaded_project(text), "1.0.0", Remarks()) == document
    assert loaded_project(text).events == first.events


def loaded_project(spec: str) -> Project:
    loaded = load_files({"shop.yaml": spec})
    assert loaded.project is not None, loaded.errors
    return loaded.project
