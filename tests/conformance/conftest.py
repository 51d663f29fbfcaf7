import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNAVAILABLE = 3


@pytest.fixture(scope="session")
def conformance_data() -> dict[str, Any]:
    """CEL's own cases; the script fetches them once and keeps them under `.cache`."""
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "cel_conformance_data"], capture_output=True, text=True, check=False
    )
    if ran.returncode == UNAVAILABLE:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stderr
    data: dict[str, Any] = json.loads(Path(ran.stdout.strip()).read_text())
    return data
