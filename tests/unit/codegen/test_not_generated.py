"""Parts of the language that are checked and not generated yet."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from surestep_codegen.cli import generate

SPEC = """\
spec: 1
app: shop
jobs:
  shop/sync: {cron: "0 0 * * *"}
"""


def test_the_command_names_them_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text("[tool.surestep]\n")
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(generate, (), catch_exceptions=False)

    assert result.exit_code == 3
    assert result.stderr == (
        "error: the specs are right, but nothing is generated yet for the job shop/sync\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml", "specs"]
