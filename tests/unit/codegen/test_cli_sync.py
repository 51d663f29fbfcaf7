"""`surestep sync`, as a user sees it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli import generate
from surestep_codegen.cli_sync import sync

SPEC = """\
spec: 1
app: shop
events:
  order/created: {data: {orderId: string}}
functions:
  process-order: {triggers: {event: order/created}}
"""
SETTINGS = '[tool.surestep]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "src/shop").mkdir(parents=True)
    (tmp_path / "specs/shop.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(generate, catch_exceptions=False)
    return tmp_path


def run(*options: str) -> Result:
    return CliRunner().invoke(sync, options, catch_exceptions=False)


def test_a_project_in_step_needs_one_line(project: Path) -> None:
    result = run()
    assert (result.exit_code, result.output) == (0, "handlers are in step with the specs\n")


def test_what_would_change_is_shown_and_not_written(project: Path) -> None:
    handler = project / "src/shop/handlers/process_order.py"
    (project / "specs/shop.yaml").write_text(SPEC.replace("{triggers", "{returns: string, triggers"))
    before = handler.read_bytes()
    result = run()
    assert (result.exit_code, result.stdout) == (
        1,
        (
            "--- src/shop/handlers/process_order.py (as it is)\n"
            "+++ src/shop/handlers/process_order.py (in step)\n"
            "@@ -1,8 +1,8 @@\n"
            ' """Handler of `process-order`."""\n'
            " \n"
            "-from shop.contract.functions.process_order import ProcessOrderContext, ProcessOrderStep, process_order\n"
            "+from shop.contract.functions.process_order import "
            "ProcessOrderContext, ProcessOrderResult, ProcessOrderStep, process_order\n"
            " \n"
            " \n"
            " @process_order\n"
            "-async def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> None:\n"
            "+async def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> ProcessOrderResult:\n"
            '     raise NotImplementedError("write the handler of process-order")\n'
            "1 file would change; to write: surestep sync --write\n"
        ),
    )
    assert handler.read_bytes() == before


def test_writing_changes_the_files_and_leaves_nothing_to_do(project: Path) -> None:
    more = "  ship-order: {triggers: {event: order/created}}\n"
    (project / "specs/shop.yaml").write_text(SPEC.replace("{triggers", "{on_failure: true, triggers") + more)
    (project / "src/shop/handlers/process_order.py").chmod(0o640)
    result = run("--write")
    assert (result.exit_code, result.output) == (
        0,
        (
            "src/shop/handlers/process_order.py: changed\n"
            "src/shop/handlers/ship_order.py: new, yours to complete\n"
            "changed 2 files\n"
        ),
    )
    assert (project / "src/shop/handlers/process_order.py").stat().st_mode & 0o777 == 0o640
    assert run().output == "handlers are in step with the specs\n"


def test_what_cannot_be_decided_is_a_finding_with_its_line(project: Path) -> None:
    handler = project / "src/shop/handlers/process_order.py"
    handler.write_text("async def handle(ctx, step): ...\n")
    result = run("--write")
    assert (result.exit_code, result.stdout) == (1, "nothing to change; 1 left to you\n")
    assert result.stderr == (
        "src/shop/handlers/process_order.py:1:1: error[K208]: "
        "`handle` stands where the handler of `process-order` belongs, without its decorator\n"
        "  1 | async def handle(ctx, step): ...\n"
        "    | ^\n"
        "  hint: decorate it with `@process_order`, or give it another name\n\n"
    )


def test_a_deleted_function_is_only_mentioned(project: Path) -> None:
    (project / "specs/shop.yaml").write_text(SPEC.partition("functions:")[0])
    result = run("--write")
    assert (result.exit_code, result.stdout) == (0, "handlers are in step with the specs\n")
    assert "warning[K211]: no spec declares the function of `@process_order`, which `handle` handles" in result.stderr
    assert (project / "src/shop/handlers/process_order.py").exists()


def test_stubs_are_spelled_by_the_users_template(project: Path) -> None:
    (project / "templates").mkdir()
    (project / "templates/stub.py.jinja").write_text(
        '"""Handlers."""\n{% for found in plan.handlers %}\n@{{ found.decorator }}\n'
        "async def {{ found.name }}(ctx: {{ found.context }}, step: {{ found.step }}) -> {{ found.result }}:\n"
        "    return None  # ours\n{% endfor %}\n"
    )
    (project / "pyproject.toml").write_text(f'{SETTINGS}templates = "templates"\n')
    (project / "specs/shop.yaml").write_text(SPEC.replace("{triggers", "{on_failure: true, triggers"))
    assert "+    return None  # ours\n" in run().stdout
