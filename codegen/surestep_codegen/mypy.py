"""The mypy plugin, as mypy finds it: `plugins = ["surestep_codegen.mypy"]`.

What it adds is decided in `mypy_plugin`.
"""

import hashlib
from pathlib import Path

from mypy.plugin import Plugin

from surestep_codegen.mypy_plugin.plugin import SurestepPlugin
from surestep_dsl import effects

__all__ = ["plugin"]


def plugin(_: str) -> type[Plugin]:
    """The class that mypy makes its plugin of; asked with mypy's version."""
    return SurestepPlugin


def _hash_judges() -> str:
    """Changes with whatever decides what the plugin finds."""
    folders = [Path(__file__).with_name(name) for name in ("lint", "mypy_plugin")]
    digest = hashlib.blake2b(digest_size=16)
    for file in (Path(effects.__file__), *(file for folder in folders for file in sorted(folder.rglob("*.py")))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


__version__ = _hash_judges()
"""mypy checks everything anew when it changes."""
