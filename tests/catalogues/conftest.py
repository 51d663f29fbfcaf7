import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNAVAILABLE = 3


@pytest.fixture(scope="session")
def github_webhooks() -> dict[str, Any]:
    """JSON Schema and examples of GitHub's webhooks; the script fetches them once and keeps them under `.cache`."""
    command = [sys.executable, str(ROOT / "scripts" / "github_webhooks_data")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode == UNAVAILABLE:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stderr
    data: dict[str, Any] = json.loads(lzma.decompress(Path(ran.stdout.strip()).read_bytes()))
    return data
