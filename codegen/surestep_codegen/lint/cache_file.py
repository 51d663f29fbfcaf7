"""Files of the cache: text that this version of the lint has written whole, or nothing.

A file that is missing, torn or of another version is as good as none; one that cannot be written costs time, no more.
"""

import contextlib
import hashlib
import os
import sys
from pathlib import Path
from typing import Final

from surestep_dsl import determinism_codes, effects

__all__ = ["CACHE_FOLDER", "load_cache", "short_hash", "write_cache"]

CACHE_FOLDER: Final = ".surestep_cache"
_HASH_BYTES: Final = 16


def load_cache(root: Path | None, name: str) -> str:
    """What was written; empty where there is nothing of use."""
    if root is None:
        return ""
    try:
        head, _, text = (root / CACHE_FOLDER / name).read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if head == _head(text) else ""


def write_cache(root: Path | None, name: str, text: str) -> None:
    """Write a file whole, into a folder that version control ignores."""
    if root is None:
        return
    folder = root / CACHE_FOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n")
        (folder / f"{name}.new").write_text(f"{_head(text)}\n{text}", encoding="utf-8", newline="\n")
        (folder / f"{name}.new").replace(folder / name)


def short_hash(content: bytes, key: str = "") -> str:
    """A hash that no two texts of a project share."""
    secret = hashlib.blake2b(key.encode(), digest_size=_HASH_BYTES).digest() if key else b""
    return hashlib.blake2b(content, digest_size=_HASH_BYTES, key=secret).hexdigest()


def _head(text: str) -> str:
    return f"{_version()} {short_hash(text.encode())}"


def _version() -> str:
    """Changes with the Python that parses, and with every file of the lint and of its tables."""
    here = Path(__file__).parent
    files = [entry.path for folder in (here, here / "rules") for entry in os.scandir(folder)]
    files += [str(module.__file__) for module in (determinism_codes, effects)]
    stamps = sorted((file, Path(file).stat().st_mtime_ns) for file in files if file.endswith(".py"))
    return short_hash(repr((sys.version_info[:3], stamps)).encode())
