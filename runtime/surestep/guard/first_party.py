"""Whose code it is: the user's, or a library's."""

import functools
import os
import site
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

import surestep_dsl

__all__ = ["is_first_party", "is_first_party_file", "module_of"]

_OURS: Final = (str(Path(__file__).parents[1]), str(Path(surestep_dsl.__file__).parent))
_LIBRARIES: Final = tuple(
    {
        os.path.join(path, "")  # noqa: PTH118 -- pathlib drops the separator at the end
        for path in (
            *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
            *site.getsitepackages(),
            site.getusersitepackages(),
            *_OURS,
        )
    }
)


@functools.cache
def is_first_party_file(filename: str) -> bool:
    """Whose code a file holds, by its name; as `is_first_party`, which costs a call more."""
    return not filename.startswith(("<", *_LIBRARIES))


def is_first_party(code: CodeType) -> bool:
    """Neither of the standard library, nor installed, nor made up by a library such as `dataclasses`."""
    return is_first_party_file(code.co_filename)


def module_of(frame: FrameType) -> str:
    """The top-level package a frame belongs to."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
