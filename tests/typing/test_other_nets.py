"""Mistakes that no type checker sees, and what finds them instead; the manual's second table.

Waits with a wrong `match` are in `tests/behaviour/test_waits.py`, results that cannot be stored in `test_results.py`,
undeclared steps in `test_declared_steps.py`.
"""

from importlib import import_module
from pathlib import Path

import pytest

from surestep.errors import ConfigurationError
from surestep_codegen.generate import generate_files, generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files

SPEC = """\
spec: 1
app: nets
events:
  order/created: {data: {orderId: string, amount: integer}}
  payment/received: {data: {orderId: string}}
functions:
  pack-order:
    triggers: {event: order/created}
    steps: {payment: {wait_for_event: payment/received, match: data.orderId, timeout: 1d}}
  bill-order: {triggers: {event: order/created, if: event.data.amount > 0}}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("match: data.orderId", "match: data.oderId", "`data` has no field `oderId` on `order/created`"),
        ("event.data.amount", "event.data.amout", "`event.data` has no field `amout`"),
    ],
)
def test_check_finds_a_misspelt_path_in_a_spec(right: str, wrong: str, message: str) -> None:
    assert load_files({"nets.yaml": SPEC}).errors == ()
    assert message in [found.message for found in load_files({"nets.yaml": SPEC.replace(right, wrong)}).errors]


def test_the_start_names_every_function_without_a_handler_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, layout = load_files({"nets.yaml": SPEC}).project, Layout("nets.contract", "nets.handlers")
    assert project is not None
    files = {**generate_files(project, layout), **generate_stubs(project, layout)}
    files["nets/handlers/bill_order.py"] = files["nets/handlers/pack_order.py"]
    del files["nets/handlers/pack_order.py"]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError) as raised:
        import_module("nets.contract.registry").REGISTRY.load_functions()
    assert str(raised.value).splitlines() == [
        "nets.handlers.bill_order:handle is bound to pack-order (handler), expected bill-order (handler)",
        "function pack-order has no handler: there is no module nets.handlers.pack_order",
    ]
