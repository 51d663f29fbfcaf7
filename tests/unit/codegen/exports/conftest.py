import json
import subprocess
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


def load_schema(script: str) -> dict[str, Any]:
    ran = subprocess.run([ROOT / "scripts" / script], capture_output=True, text=True, check=False)
    if ran.returncode == UNAVAILABLE:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stderr
    schema: dict[str, Any] = json.loads(Path(ran.stdout.strip()).read_text())
    return schema
