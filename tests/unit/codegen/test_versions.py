"""Older versions of events: stubs of their upcasters, and what is said where one is missing."""

from pathlib import Path

import pytest

from surestep_codegen.generate import apply_changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

LAYOUT = Layout("shop.contract", "shop.handlers")
SPEC = """\
spec: 1
app: shop
events:
  order/paid:
    version: "3"
    data: {cents: integer}
    previous:
      - {version: "2", data: {euros: number}}
"""
OLDER = """\
      - {version: "1", data: {euros: string}}
"""
PATH = "shop/handlers/upcasters/order_paid.py"


def project_of(text: str) -> Project:
    loaded = load_files({"shop.yaml": text})
    assert loaded.project is not None, loaded.diagnostics
    return loaded.project


@pytest.fixture
def source(tmp_path: Path) -> Path:
    apply_changes(find_changes(project_of(SPEC), LAYOUT, tmp_path), tmp_path)
    return tmp_path


def problems(source: Path, text: str = SPEC + OLDER) -> list[tuple[str, int, str]]:
    found = find_changes(project_of(text), LAYOUT, source).problems
    return [(problem.code, problem.span.line, problem.message) for problem in found]


MISSING = [("K201", 9, "nothing lifts `order/paid` from version `1` to `2`")]


def test_a_stub_is_written_once_and_nothing_is_missing_then(source: Path) -> None:
    assert "def from_v2(event: OrderPaidV2) -> OrderPaidData:" in (source / PATH).read_text()
    assert problems(source, SPEC) == []


def test_a_function_of_that_name_leaves_the_place_to_the_upcasters(source: Path) -> None:
    project = project_of(f"{SPEC}functions: {{upcasters: {{triggers: {{event: order/paid}}}}}}")
    apply_changes(find_changes(project, LAYOUT, source), source)
    assert (source / "shop/handlers/upcasters_.py").exists()
    assert '"upcasters": "shop.handlers.upcasters_"' in (source / "shop/contract/registry.py").read_text()


def test_a_version_added_later_lacks_its_upcaster(source: Path) -> None:
    assert problems(source) == MISSING
    hints = [problem.hint for problem in find_changes(project_of(SPEC + OLDER), LAYOUT, source).problems]
    assert hints == [f"write `from_v1` in {PATH}; `surestep sync --write` appends a stub"]


def test_the_finding_stays_until_the_upcaster_is_there(source: Path) -> None:
    apply_changes(find_changes(project_of(SPEC + OLDER), LAYOUT, source), source)
    assert problems(source) == MISSING
    with (source / PATH).open("a") as module:
        module.write("\n@upcast_v1\ndef from_v1(event: OrderPaidV1) -> OrderPaidV2Data: ...\n")
    assert problems(source) == []


@pytest.mark.parametrize(
    "text", ["from shop.old import from_v1", "from_v1 = upcast_v1(lift)", "import shop as from_v1"]
)
def test_an_upcaster_may_come_from_elsewhere(source: Path, text: str) -> None:
    with (source / PATH).open("a") as module:
        module.write(f"\n{text}\n")
    assert problems(source) == []


def test_a_module_that_is_no_python_is_left_to_the_type_checker(source: Path) -> None:
    (source / PATH).write_text("def from_v2(")
    assert problems(source) == []
