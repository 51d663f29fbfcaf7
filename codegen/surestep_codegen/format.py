"""Lays generated code out with `ruff format`, once for all files, untouched by anybody's own ruff settings."""

import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["format_files"]

_OPTIONS: Final = ("format", "--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311")


def format_files(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources in the layout that is committed; only Python files change.

    Raises:
        RuntimeError: ruff is missing or failed: a fault of the installation or of the generator.
    """
    python = [path for path in sources if path.endswith(".py")]
    formatted = dict(sources)
    with tempfile.TemporaryDirectory(prefix="surestep-") as name:
        directory = Path(name)
        for number, path in enumerate(python):
            (directory / f"{number}.py").write_text(sources[path], encoding="utf-8", newline="\n")
        found = subprocess.run([_ruff(), *_OPTIONS, name], capture_output=True, text=True, check=False)
        if found.returncode:
            raise RuntimeError(f"ruff format failed: {found.stderr.strip()}")
        for number, path in enumerate(python):
            formatted[path] = (directory / f"{number}.py").read_text(encoding="utf-8")
    return formatted


def _ruff() -> str:
    """The ruff of the running interpreter's environment, before any other on the path."""
    found = shutil.which("ruff", path=sysconfig.get_path("scripts")) or shutil.which("ruff")
    if found is None:
        raise RuntimeError("ruff is not installed; install surestep[dev]")
    return found
