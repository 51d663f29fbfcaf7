"""A short soak; `benchmarks/soak.py` by itself takes longer and draws other seeds."""

import subprocess
import sys
from pathlib import Path

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


def test_a_process_killed_again_and_again_keeps_its_promises(tmp_path: Path) -> None:
    command = [sys.executable, str(SOAK), "--seconds", "0", "--lives", "3", "--seed", "7"]

    soaked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900)

    assert soaked.returncode == 0, soaked.stdout + soaked.stderr
    assert soaked.stdout.startswith("seed 7: ")
