import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_expr import expr

SPEC = """
spec: 1
app: shop
types:
  Address: {fields: {city: string}}
events:
  shop/order.created:
    version: "2"
    data:
      orderId: string
      amount: integer
      currency: {type: "enum[usd, eur]", default: usd}
      note?: string
      address?: Address
      nested: {fields: {depth: {type: integer, default: 3}}}
  shop/order.paid: {data: {orderId: string}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.surestep]\nspecs = ["specs"]\n')
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)


def run(expression: str, *arguments: str, data: dict[str, object] | None = None) -> Result:
    given = [] if data is None else ["--data", json.dumps(data)]
    return CliRunner().invoke(expr, [expression, "--event", "shop/order.created", *given, *arguments])


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("event.data.amount > 1", "boolean"),
        ("event.data.amount", "number"),
        ("size(event.data.orderId)", "int"),
        ("event.data.address", "object"),
        ("[1]", "list"),
        ("event.data.amount > 1 ? 'a' : null", "null or string"),
    ],
)
def test_the_type_is_told_without_data(expression: str, named: str) -> None:
    assert lines(run(expression)) == [f"type      {named}"]


def test_the_value_is_told_with_data() -> None:
    result = run("event.data.amount * 2 > 5", data={"orderId": "o", "amount": 3, "nested": {}})
    assert lines(result) == ["type      boolean", "value     true"]
    assert result.stderr == ""


def test_defaults_are_filled_in_also_in_nested_objects() -> None:
    data: dict[str, object] = {"orderId": "o", "amount": 3, "nested": {}}
    assert lines(run("event.data.currency", data=data))[1] == 'value     "usd"'
    assert lines(run("event.data.nested.depth", data=data))[1] == "value     3"


def test_an_error_is_a_value() -> None:
    result = run("event.data.amount / 0.0 > 1 && 1 / int(event.data.orderId) > 0", data={"orderId": "0", "amount": 1})
    assert lines(result)[1].startswith("error     ")


@pytest.mark.parametrize(
    ("use", "expression", "last"),
    [
        ("filter", "event.data.orderId == 'o'", "filter    true"),
        ("key", "event.data.amount", 'key       "3"'),
        ("priority", "int(event.data.amount) * 1000", "priority  600"),
    ],
)
def test_the_use_says_what_becomes_of_the_value(use: str, expression: str, last: str) -> None:
    assert lines(run(expression, "--use", use, data={"orderId": "o", "amount": 3}))[-1] == last


def test_the_use_says_what_type_is_wanted() -> None:
    assert run("event.data.amount").exit_code == 0
    result = run("event.data.amount", "--use", "filter")
    assert (result.exit_code, "error[E303]" in result.stdout) == (1, True)


def test_a_problem_has_a_caret_below_its_place() -> None:
    result = run("event.data.amuont > 1")
    assert result.exit_code == 1
    assert "  1 | event.data.amuont > 1\n    |            ^^^^^^\n" in result.stdout
    assert "did you mean `amount`?" in result.stdout


def test_what_is_no_expression_has_no_type() -> None:
    result = run("event.data.")
    assert result.exit_code == 1
    assert "error[E101]" in result.stdout
    assert "type " not in result.stdout


def test_two_events_are_compared() -> None:
    arguments = ("--async", "shop/order.paid", "--use", "answer", "--async-data", '{"orderId": "o"}')
    result = run("event.data.orderId == async.data.orderId", *arguments, data={"orderId": "o", "amount": 1})
    assert lines(result) == ["type      boolean", "value     true", "answer    true"]


def test_json_has_type_value_and_findings() -> None:
    result = run('timestamp("2025-01-01T00:00:00Z")', "--format", "json", data={"orderId": "o", "amount": 1})
    assert json.loads(result.stdout) == {"type": "timestamp", "value": "2025-01-01T00:00:00Z", "diagnostics": []}
    found = json.loads(run("nothing", "--format", "json").stdout)["diagnostics"]
    assert [(one["code"], one["column"], one["end_column"]) for one in found] == [("E201", 1, 8)]


def test_data_that_the_border_refuses_is_told_and_tried() -> None:
    result = run("event.data.amount", data={"amount": "x"})
    assert lines(result)[1] == 'value     "x"'
    assert result.stderr.startswith("note: `shop/order.created` would be refused: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["1", "--event", "shop/order.craeted"],
        ["1", "--event", "shop/order.created", "--data", "{a: 1}"],
        ["1", "--event", "shop/order.created", "--data", "[]"],
        ["1", "--event", "shop/order.created", "--async-data", "{}"],
        ["1"],
    ],
)
def test_wrong_arguments_are_status_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(expr, arguments).exit_code == 2


def test_an_unknown_event_comes_with_the_nearest() -> None:
    assert (
        "did you mean `shop/order.created`?" in CliRunner().invoke(expr, ["1", "--event", "shop/order.craeted"]).stderr
    )


def test_specs_can_be_named_where_there_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "specs" / "a.yaml").rename(tmp_path / "shop.yaml")
    for path in ("shop.yaml", "."):
        assert lines(run("event.data.amount > 1.0", path)) == ["type      boolean"]
    assert run("event.data.amount > 1.0").exit_code == 1
