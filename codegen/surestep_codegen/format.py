"""Lays generated code out with `ruff format`, once for all files, untouched by anybody's own ruff settings.

All files go through one process as one text, with a comment line between them: starting a process or writing a file
for each would cost more than everything else that generating does.
"""

import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from tempfile import TemporaryFile
from typing import Final

__all__ = ["format_files"]

_OPTIONS: Final = ("format", "--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311")
_BORDER: Final = "# ---- surestep: next file ----"


def format_files(sources: Mapping[str, str], meanwhile: Callable[[], None] = lambda: None) -> dict[str, str]:
    """The sources in the layout that is committed; only Python files change.

    Args:
        sources: text by path.
        meanwhile: what is done while the formatter runs, which is a process of its own.

    Raises:
        RuntimeError: ruff is missing or failed: a fault of the installation or of the generator.
    """
    python = [path for path in sources if path.endswith(".py")]
    border = _BORDER
    while any(border in sources[path] for path in python):
        border += "-"
    joined = "".join(f"{border}\n{sources[path].strip()}\n" for path in python)
    parts = _format(joined, meanwhile).split(f"{border}\n")[1:]
    bodies = (part.strip("\n") for part in parts)
    return {**sources, **{path: f"{body}\n" if body else "" for path, body in zip(python, bodies, strict=True)}}


def _format(text: str, meanwhile: Callable[[], None]) -> str:
    with TemporaryFile() as given, TemporaryFile() as made, TemporaryFile() as said:
        given.write(text.encode())
        given.seek(0)
        with subprocess.Popen([_ruff(), *_OPTIONS, "-"], stdin=given, stdout=made, stderr=said) as process:
            meanwhile()
        made.seek(0)
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"ruff format failed: {said.read().decode(errors='replace').strip()}")
        return made.read().decode()


def _ruff() -> str:
    """The ruff of the running interpreter's environment, before any other on the path."""
    found = shutil.which("ruff", path=sysconfig.get_path("scripts")) or shutil.which("ruff")
    if found is None:
        raise RuntimeError("ruff is not installed; install surestep[dev]")
    return found
