"""From a project to files, and what has to change on the disk."""

from pathlib import Path

import pytest

from surestep_codegen.generate import apply_changes, find_changes, generate_files
from surestep_codegen.manifest import Verdict
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

LAYOUT = Layout("shop.contract", "shop.handlers")
HEAD = "spec: 1\napp: shop\n"
EVENTS = (
    "events:\n  order/created: {data: {orderId: string}}\n  order/paid: {data: {by: By}}\ntypes:\n  By: enum[card]\n"
)
FUNCTIONS = "functions:\n  process-order: {triggers: {event: order/created}}\n"


def project_of(*texts: str) -> Project:
    loaded = load_files({f"{number}.yaml": text for number, text in enumerate(texts)})
    assert loaded.project is not None, loaded.diagnostics
    return loaded.project


PROJECT = project_of(HEAD + EVENTS + FUNCTIONS)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    apply_changes(find_changes(PROJECT, LAYOUT, tmp_path), tmp_path)
    return tmp_path


def verdicts(project: Project, source: Path) -> dict[str, str]:
    return {finding.path: finding.verdict.value for finding in find_changes(project, LAYOUT, source).findings}


def changed_files(before: Project, after: Project) -> set[str]:
    old, new = generate_files(before, LAYOUT), generate_files(after, LAYOUT)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def test_generating_again_finds_nothing_to_do(source: Path) -> None:
    assert verdicts(PROJECT, source) == {}


def test_files_that_did_not_change_are_not_touched(source: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in source.rglob("*.py")}
    apply_changes(find_changes(PROJECT, LAYOUT, source), source)
    assert {path: path.stat().st_mtime_ns for path in source.rglob("*.py")} == before


def test_the_order_of_files_and_declarations_makes_no_difference() -> None:
    events = EVENTS.splitlines(keepends=True)
    swapped = "".join([events[0], events[2], events[1], *events[3:]])
    assert generate_files(project_of(FUNCTIONS.join(["spec: 1\n", ""]), HEAD + swapped), LAYOUT) == generate_files(
        PROJECT, LAYOUT
    )


def test_a_changed_field_changes_only_the_file_of_its_event() -> None:
    after = project_of(HEAD + EVENTS.replace("orderId: string", "orderId: string, more?: integer") + FUNCTIONS)
    assert changed_files(PROJECT, after) == {"shop/contract/events/order_created.py"}


def test_a_new_nested_object_changes_its_events_file_and_the_list_of_names() -> None:
    after = project_of(HEAD + EVENTS.replace("orderId: string", "orderId: {fields: {id: string}}") + FUNCTIONS)
    assert changed_files(PROJECT, after) == {
        "shop/contract/events/__init__.py",
        "shop/contract/events/order_created.py",
    }


def test_a_new_event_changes_only_the_lists_that_name_it() -> None:
    after = project_of(HEAD + EVENTS.replace("types:", "  order/sent: {}\ntypes:") + FUNCTIONS)
    assert changed_files(PROJECT, after) == {
        "shop/contract/events/__init__.py",
        "shop/contract/events/order_sent.py",
        "shop/contract/registry.py",
    }


def test_what_no_spec_declares_any_more_is_deleted_and_its_handler_kept(source: Path) -> None:
    after = project_of(HEAD + EVENTS)
    changes = find_changes(after, LAYOUT, source)
    apply_changes(changes, source)
    assert {finding.path for finding in changes.findings if finding.verdict is Verdict.ORPHAN} == {
        "shop/contract/functions/process_order.py"
    }
    assert not (source / "shop/contract/functions/process_order.py").exists()
    assert (source / "shop/handlers/process_order.py").exists()


def test_a_handler_is_never_touched_again(source: Path) -> None:
    handler = source / "shop/handlers/process_order.py"
    handler.write_text("# mine\n")
    assert verdicts(PROJECT, source) == {}


def test_a_deleted_handler_is_missing(source: Path) -> None:
    (source / "shop/handlers/process_order.py").unlink()
    assert verdicts(PROJECT, source) == {"shop/handlers/process_order.py": "missing"}


def test_a_package_in_place_of_a_handlers_module_counts_as_the_handler(source: Path) -> None:
    (source / "shop/handlers/process_order.py").unlink()
    (source / "shop/handlers/process_order").mkdir()
    (source / "shop/handlers/process_order/__init__.py").write_text("")
    assert verdicts(PROJECT, source) == {}


def test_an_edit_of_a_generated_file_is_told_from_a_change_of_the_specs(source: Path) -> None:
    path = source / "shop/contract/events/order_paid.py"
    path.write_text(path.read_text() + "x = 1\n")
    after = project_of(HEAD + EVENTS.replace("orderId: string", "orderId: integer") + FUNCTIONS)
    assert verdicts(after, source) == {
        "shop/contract/events/order_created.py": "out of date",
        "shop/contract/events/order_paid.py": "edited by hand",
    }


def test_a_file_of_somebody_else_is_in_the_way(source: Path) -> None:
    (source / "shop/contract/registry.py").write_text("mine = 1\n")
    assert [finding.path for finding in find_changes(PROJECT, LAYOUT, source).foreign] == ["shop/contract/registry.py"]


def test_two_handlers_in_one_module_share_a_stub() -> None:
    places = "functions:\n  a: {handler: 'shop.both:run_a'}\n  b: {handler: 'shop.both:run_b'}\n"
    project = project_of(HEAD + EVENTS + places)
    stub = find_changes(project, LAYOUT, Path("/nonexistent")).files["shop/both.py"]
    assert [line for line in stub.splitlines() if "def " in line] == [
        "async def run_a(ctx: AContext, step: AStep) -> None:",
        "async def run_b(ctx: BContext, step: BStep) -> None:",
    ]


def test_what_comes_out_of_templates_must_be_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surestep_codegen.spell.render_module", lambda _plan, _templates: "class (:\n")
    with pytest.raises((SyntaxError, RuntimeError)):
        generate_files(PROJECT, LAYOUT)
