"""Lays generated code out with `ruff format`, once for all files, untouched by anybody's own ruff settings.

All files go through one process as one text, with a comment line between them: starting a process or writing a file
for each would cost more than everything else that generating does.
"""

import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from typing import Final

__all__ = ["format_files"]

_OPTIONS: Final = ("format", "--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311")
_BORDER: Final = "# ---- surestep: next file ----"


def format_files(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources in the layout that is committed; only Python files change.

    Raises:
        RuntimeError: ruff is missing or failed: a fault of the installation or of the generator.
    """
    python = [path for path in sources if path.endswith(".py")]
    border = _BORDER
    while any(border in sources[path] for path in python):
        border += "-"
    joined = "".join(f"{border}\n{sources[path].strip()}\n" for path in python)
    parts = _format(joined).split(f"{border}\n")[1:]
    bodies = (part.strip("\n") for part in parts)
    return {**sources, **{path: f"{body}\n" if body else "" for path, body in zip(python, bodies, strict=True)}}


def _format(text: str) -> str:
    command = [_ruff(), *_OPTIONS, "-"]
    found = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    if found.returncode:
        raise RuntimeError(f"ruff format failed: {found.stderr.strip()}")
    return found.stdout


def _ruff() -> str:
    """The ruff of the running interpreter's environment, before any other on the path."""
    found = shutil.which("ruff", path=sysconfig.get_path("scripts")) or shutil.which("ruff")
    if found is None:
        raise RuntimeError("ruff is not installed; install surestep[dev]")
    return found
