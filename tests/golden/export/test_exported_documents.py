"""A directory per case: a spec, and the documents and notes that its exports give.

`SURESTEP_UPDATE_GOLDEN=1` writes the expected files anew; read the difference before you commit it.
"""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from surestep_codegen.cli_export import export

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("jsonschema", "jsonschema.json"),
        ("asyncapi", "asyncapi.json"),
        ("openapi", "openapi.json"),
        ("typescript", "typescript.ts"),
        ("typescript --inngest 4", "inngest-4.ts"),
        ("docs", "docs.md"),
        ("docs --format html", "docs.html"),
    ],
)
def test_a_spec_gives_exactly_this_document(command: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "shop")
    result = CliRunner().invoke(export, [*command.split(), "shop.yaml"], catch_exceptions=False)
    document = Path(f"expected.{name}")
    notes = Path(f"expected.{name.partition('.')[0]}.txt")
    if os.environ.get("SURESTEP_UPDATE_GOLDEN"):
        document.write_text(result.stdout)
        notes.write_text(result.stderr)
    assert (result.stdout, result.stderr) == (document.read_text(), notes.read_text())
