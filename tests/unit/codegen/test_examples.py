"""Examples of the spec are what samples are made of."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files

SPEC = """\
spec: 1
app: shop
types:
  Money: {fields: {amount: decimal, currency: string}, examples: [{amount: "9.50", currency: eur}]}
  Sku: {type: string, pattern: "^[A-Z]{3}$", examples: [ABC]}
events:
  order/created:
    data: {total: Money, skus: "list[Sku]", number: {type: integer, examples: [7]}, note?: string}
  order/paid:
    version: "2"
    data: {orderId: string, total: Money}
    previous: [{version: "1", data: {orderId: string}}]
    examples:
      - {orderId: A-1, total: {amount: "1.25", currency: usd}}
"""


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    project = load_files({"shop.yaml": SPEC}).project
    assert project is not None
    for name, text in generate_files(project, Layout("exampled.contract", "exampled.handlers")).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("exampled.contract.events")
    for name in [name for name in sys.modules if name.startswith("exampled")]:
        del sys.modules[name]


def test_fields_and_types_have_their_examples(events: Any) -> None:
    assert events.OrderCreated.sample().model_dump(mode="json")["data"] == {
        "total": {"amount": "9.50", "currency": "eur"},
        "skus": ["ABC"],
        "number": 7,
    }


def test_the_example_of_an_event_is_its_payload(events: Any) -> None:
    assert events.OrderPaid.sample(data={"total": {"currency": "eur"}}).model_dump(mode="json")["data"] == {
        "orderId": "A-1",
        "total": {"amount": "1.25", "currency": "eur"},
    }


def test_an_older_version_does_not_have_it(events: Any) -> None:
    assert events.OrderPaidV1.sample().data.order_id == "orderId"
