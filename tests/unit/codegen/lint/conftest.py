"""Handlers in a folder, mended."""

from pathlib import Path

from surestep_codegen.lint.fixes.mend import mend
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.linted import Mended

SIGNS = HandlerSigns(names=frozenset({"handle"}))


def mend_bytes(folder: Path, content: bytes) -> Mended:
    """What mending makes of `handler.py`."""
    path = folder / "handler.py"
    path.write_bytes(content)
    return mend(
        lambda overlay: lint_files([path], [folder], SIGNS, overlay=overlay), lambda name: (folder / name).read_bytes()
    )
