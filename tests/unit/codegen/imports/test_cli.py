"""`surestep import`, as a user sees it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_import import import_
from surestep_dsl.load import load_project

SCHEMA: dict[str, Any] = {"title": "order/created", "type": "object", "properties": {"id": {"type": "string"}}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(document: Any, *options: str, kind: str = "jsonschema") -> Result:
    Path("My Shop.schema.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return CliRunner().invoke(import_, [kind, "My Shop.schema.json", *options], catch_exceptions=False)


def test_a_spec_goes_to_stdout(folder: Path) -> None:
    result = run(SCHEMA)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "spec: 1\napp: my-shop\n\nevents:\n  order/created:\n    external: true\n    data: {id?: string}\n"
    )


def test_a_directory_gets_a_file_that_passes_the_check(folder: Path) -> None:
    result = run(SCHEMA, "--out", "specs", "--app", "shop")
    assert (result.exit_code, result.stdout) == (0, "wrote specs/my-shop.yaml\n")
    loaded = load_project(["specs"], folder)
    assert (loaded.project and loaded.project.app, loaded.diagnostics) == ("shop", ())


def test_nothing_is_overwritten(folder: Path) -> None:
    run(SCHEMA, "--out", "specs")
    result = run(SCHEMA, "--out", "specs")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "specs/my-shop.yaml exists already" in result.stderr


def test_a_loss_is_told_and_nothing_written_unless_it_is_accepted(folder: Path) -> None:
    schema = {**SCHEMA, "properties": {"id": {"type": "string", "not": {"const": "x"}}}}
    result = run(schema, "--out", "specs")
    assert (result.exit_code, result.stdout, Path("specs").exists()) == (1, "", False)
    assert result.stderr == (
        "lost: #/properties/id/not: `not`: no counterpart: left out, so more is accepted\n"
        "error: 1 thing cannot be carried over; nothing is written\n"
        "  hint: accept that with --accept-loss\n"
    )
    assert run(schema, "--out", "specs", "--accept-loss").exit_code == 0


def test_faulty_input_is_one_sentence_with_its_place(folder: Path) -> None:
    result = run({**SCHEMA, "properties": {"id": {"$ref": "https://example.org/id.json"}}})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: My Shop.schema.json: #/properties/id: `https://example.org/id.json` leads out of the file\n"
        "  hint: nothing is fetched: bundle the catalogue into one file first\n"
    )


def test_a_catalogue_that_no_spec_can_say_ends_with_the_findings_of_the_check(folder: Path) -> None:
    endless = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    result = run({"$defs": {"A": endless}})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[T109]" in result.stderr
    assert result.stderr.endswith("the catalogue would make a spec with these errors; nothing is written\n")


def test_arguments_that_cannot_be_are_refused(folder: Path) -> None:
    assert run(SCHEMA, "--app", "My Shop").exit_code == 2
    assert CliRunner().invoke(import_, ["asyncapi", "nowhere.json"]).exit_code == 2
