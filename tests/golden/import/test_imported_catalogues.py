"""A directory per case: a catalogue, the spec made of it, and what is said about the rest.

`SURESTEP_UPDATE_GOLDEN=1` writes the expected files anew; read the difference before you commit it.
"""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from surestep_codegen.cli_import import import_
from surestep_dsl.fmt import format_source
from surestep_dsl.load import load_files
from surestep_dsl.nodes import SourceText

HERE = Path(__file__).parent
KINDS = {
    "asyncapi-2": "asyncapi",
    "asyncapi-3": "asyncapi",
    "json-schema": "jsonschema",
    "tracking-plan": "tracking-plan",
}


@pytest.mark.parametrize("case", KINDS)
def test_a_catalogue_becomes_exactly_this_spec(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / case)
    source = next(path for path in sorted(Path().iterdir()) if not path.name.startswith("expected"))
    result = CliRunner().invoke(import_, [KINDS[case], source.name, "--accept-loss"], catch_exceptions=False)
    if os.environ.get("SURESTEP_UPDATE_GOLDEN"):
        Path("expected.yaml").write_text(result.stdout)
        Path("expected.txt").write_text(result.stderr)
    assert (result.stdout, result.stderr) == (Path("expected.yaml").read_text(), Path("expected.txt").read_text())


@pytest.mark.parametrize("case", KINDS)
def test_the_spec_passes_the_check_and_is_formatted(case: str) -> None:
    spec = (HERE / case / "expected.yaml").read_text()
    assert load_files({"shop.yaml": spec}).errors == ()
    assert format_source(SourceText("shop.yaml", spec)).text == spec
