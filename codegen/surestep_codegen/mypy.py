"""The mypy plugin, as mypy finds it: `plugins = ["surestep_codegen.mypy"]`.

What it adds is decided in `mypy_plugin`.
"""

from importlib.metadata import version

from mypy.plugin import Plugin

from surestep_codegen.mypy_plugin.plugin import SurestepPlugin

__all__ = ["plugin"]

__version__ = version("surestep")
"""mypy checks everything anew when it changes."""


def plugin(_: str) -> type[Plugin]:
    """The class that mypy makes its plugin of; asked with mypy's version."""
    return SurestepPlugin
