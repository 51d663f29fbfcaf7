"""`surestep export`, as a user sees it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_export import export

SPEC = "spec: 1\napp: shop\nevents: {order/created: {data: {wait: {type: duration, min: 1s}}}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text("[tool.surestep]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(export, arguments, catch_exceptions=False)


def test_json_schema_goes_to_stdout_and_what_it_cannot_say_to_stderr(project: Path) -> None:
    result = run("jsonschema")
    assert (result.exit_code, json.loads(result.stdout)["title"]) == (0, "shop")
    assert result.stderr == (
        "lost: #/$defs/OrderCreated/properties/wait: `min: 1s`: "
        "JSON Schema has no word for it: kept as an annotation, validators do not check it\n"
    )


def test_a_name_in_json_is_a_file_and_any_other_a_directory(project: Path) -> None:
    assert run("jsonschema", "--out", "out/all.json").stdout == "wrote out/all.json\n"
    assert run("jsonschema", "--out", "out/each").stdout == "wrote out/each/order_created.schema.json\n"
    assert json.loads((project / "out/all.json").read_text())["$defs"].keys() == {"OrderCreated"}
    assert json.loads((project / "out/each/order_created.schema.json").read_text())["title"] == "order/created"


def test_paths_are_read_instead_of_what_the_settings_name(project: Path) -> None:
    (project / "other.yaml").write_text("spec: 1\napp: other\n")
    assert json.loads(run("jsonschema", "other.yaml").stdout)["title"] == "other"


def test_paths_need_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SPEC)
    assert run("asyncapi", "shop.yaml").exit_code == 0
    assert run("asyncapi").exit_code == 1


def test_asyncapi_states_the_version_asked_for(project: Path) -> None:
    assert json.loads(run("asyncapi", "--contract-version", "7").stdout)["info"] == {"title": "shop", "version": "7"}


def test_faulty_specs_end_it_with_their_findings(project: Path) -> None:
    (project / "specs/shop.yaml").write_text(SPEC.replace("duration", "duratoin"))
    result = run("jsonschema")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[T102]: there is no type `duratoin`" in result.stderr


def test_what_cannot_be_written_is_one_sentence(project: Path) -> None:
    result = run("jsonschema", "--out", "specs/shop.yaml/x.json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("error: cannot write specs/shop.yaml")


def test_the_schema_of_specs_needs_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(run("spec-schema").stdout)["title"] == "A surestep spec"
    assert run("spec-schema", "--out", ".surestep/spec.schema.json").stdout == "wrote .surestep/spec.schema.json\n"


def test_typescript_has_types_only_unless_version_4_of_the_sdk_is_asked_for(project: Path) -> None:
    assert "import" not in run("typescript").stdout
    assert 'eventType("order/created", {' in run("typescript", "--inngest", "4").stdout
    assert run("typescript", "--out", "web/events.ts").stdout == "wrote web/events.ts\n"


def test_openapi_states_version_and_server(project: Path) -> None:
    document = json.loads(run("openapi", "--contract-version", "7", "--server", "https://example.org").stdout)
    assert (document["info"]["version"], document["servers"]) == ("7", [{"url": "https://example.org"}])


def test_docs_are_pages_in_a_directory_or_one_document(project: Path) -> None:
    assert run("docs", "--out", "site", "--format", "html").stdout == "wrote site/index.html\nwrote site/events.html\n"
    assert run("docs", "--out", "all.html").stdout == "wrote all.html\n"
    assert (project / "all.html").read_text().startswith("<!DOCTYPE html>")
    assert run("docs").stdout.startswith("# shop\n")
    assert run("docs", "--format", "html").stdout.startswith("<!DOCTYPE html>")


def test_docs_take_the_format_that_the_file_is_called_after_unless_told(project: Path) -> None:
    run("docs", "--out", "all.md", "--format", "html")
    assert (project / "all.md").read_text().startswith("<!DOCTYPE html>")
