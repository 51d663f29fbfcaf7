import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
UNAVAILABLE = 3


@pytest.fixture(scope="session")
def asyncapi_schema() -> dict[str, Any]:
    """The official schema of AsyncAPI 3.0; the script fetches it once and keeps it under `.cache`."""
    return load_schema("asyncapi_schema")


@pytest.fixture(scope="session")
def openapi_schema() -> dict[str, Any]:
    """The official schema of OpenAPI 3.1, likewise."""
    return load_schema("openapi_schema")


@pytest.fixture
def compile_typescript(tmp_path: Path) -> Callable[[str], str]:
    """Compiles all modules in `tmp_path` beside a version of Inngest's SDK, and gives what the compiler says."""

    def compile_(version: str) -> str:
        modules = Path(run_script("inngest_sdk", version)) / "node_modules"
        (tmp_path / "node_modules").symlink_to(modules)
        options = "--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target es2022"
        files = sorted(path.name for path in tmp_path.glob("*.ts"))
        command = ["node", str(modules / "typescript/bin/tsc"), *options.split(), *files]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.stdout or ran.returncode == 0, ran.stderr
        return ran.stdout

    return compile_


def load_schema(script: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(Path(run_script(script)).read_text())
    return schema


def run_script(name: str, *arguments: str) -> str:
    """What a script prints that fetches something once; what it needs may not be here."""
    ran = subprocess.run([ROOT / "scripts" / name, *arguments], capture_output=True, text=True, check=False)
    if ran.returncode == UNAVAILABLE:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
