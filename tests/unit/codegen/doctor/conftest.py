from pathlib import Path

import pytest
from click.testing import CliRunner

from surestep_codegen.cli import generate

SPEC = """\
spec: 1
app: shop
events:
  order/created: {data: {orderId: string}}
functions:
  process-order: {triggers: {event: order/created}}
"""
SETTINGS = """\
[tool.surestep]
package = "shop.contract"
handlers = "shop.handlers"

[tool.mypy]
strict = true
plugins = ["surestep_codegen.mypy"]
enable_error_code = ["unused-awaitable"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A healthy project, and the current directory."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(generate, catch_exceptions=False)
    return tmp_path
