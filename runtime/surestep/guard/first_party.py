"""Whose code it is: the user's, or a library's.

A library lies where the interpreter looks for installed packages. The package of a handler is the user's wherever it
lies, so that an app may be installed like a library, or frozen into one file.
"""

import functools
import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

import surestep_dsl

__all__ = ["claim_package", "is_first_party", "is_first_party_file", "is_generated", "module_of"]

_OURS: Final = (str(Path(__file__).parents[1]) + os.sep, str(Path(surestep_dsl.__file__).parent) + os.sep)
_OUR_PACKAGES: Final = frozenset({"surestep", "surestep_dsl"})

_FROZEN: Final = "<frozen"
_NOT_GENERATED: Final = (_FROZEN, "<stdin>", "<python-input", "<ipython-input", "<doctest")
"""What the interpreter calls its own code, and code that a user has typed."""

_claimed: Final[set[str]] = set()
"""Files, and folders with a separator at their end."""


def _find_libraries() -> Iterator[str]:
    if getattr(sys, "frozen", False):  # file names are relative then, and nothing tells a library from an app
        yield ""
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (*site.getsitepackages(), site.getusersitepackages())
    yield from (folder for folder in sys.path if folder and any(Path(folder).glob("*.dist-info")))


def _and_real(folders: Iterator[str]) -> Iterator[str]:
    for folder in folders:
        yield os.path.join(folder, "") if folder else ""  # noqa: PTH118 -- pathlib drops the separator at the end
        yield os.path.join(os.path.realpath(folder), "") if folder else ""  # noqa: PTH118 -- as above


_LIBRARIES: Final = tuple(dict.fromkeys(_and_real(_find_libraries())))


@functools.cache
def is_first_party_file(filename: str) -> bool:
    """Whose code a file holds, by its name; as `is_first_party`, which costs a call more."""
    if filename.startswith("<"):
        return not filename.startswith(_FROZEN)
    if filename.startswith(_OURS):
        return False
    return filename.startswith(tuple(_claimed)) or not filename.startswith(_LIBRARIES)


def is_first_party(code: CodeType) -> bool:
    """Neither of the standard library nor installed; what is made up at run time is told by `is_generated`."""
    return is_first_party_file(code.co_filename)


def is_generated(code: CodeType) -> bool:
    """Made up at run time, on behalf of whoever calls it."""
    name = code.co_filename
    if not name.startswith("<") or name.startswith(_NOT_GENERATED):
        return False
    return name != "<string>" or not _runs_a_command()


def claim_package(code: CodeType, namespace: Mapping[str, object]) -> None:
    """From now on the package that holds a handler is the user's.

    Args:
        code: of the handler.
        namespace: its globals.
    """
    parts = str(namespace.get("__name__", "")).split(".")
    if parts[0] in _OUR_PACKAGES | sys.stdlib_module_names or code.co_filename.startswith(("<", *_OURS)):
        return
    file = Path(code.co_filename)
    above = len(parts) - (0 if file.stem == "__init__" else 1)  # folders of packages over the file
    above -= getattr(sys.modules.get(parts[0]), "__file__", None) is None  # shared by several, as a namespace
    found = str(file.parents[above - 1]) + os.sep if above > 0 else str(file)
    if found not in _claimed:
        _claimed.add(found)
        is_first_party_file.cache_clear()


def module_of(frame: FrameType) -> str:
    """The top-level package a frame belongs to."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


@functools.cache
def _runs_a_command() -> bool:
    """`python -c`: its code has the name that generated code has."""
    return not hasattr(sys.modules["__main__"], "__file__")
