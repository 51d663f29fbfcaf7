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
    ("target", "suffix"), [("jsonschema", "json"), ("asyncapi", "json"), ("openapi", "json"), ("typescript", "ts")]
)
def test_a_spec_gives_exactly_this_document(target: str, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "shop")
    result = CliRunner().invoke(export, [target, "shop.yaml"], catch_exceptions=False)
    document, notes = Path(f"expected.{target}.{suffix}"), Path(f"expected.{target}.txt")
    if os.environ.get("SURESTEP_UPDATE_GOLDEN"):
        document.write_text(result.stdout)
        notes.write_text(result.stderr)
    assert (result.stdout, result.stderr) == (document.read_text(), notes.read_text())
