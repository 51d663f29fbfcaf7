"""What a command is to lint: the files with handlers, the roots of their modules, and how to recognise handlers."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.loading import find_modules, find_root
from surestep_dsl.settings import Settings, find_source

__all__ = ["Targets", "find_project_targets", "find_targets"]


class Targets(NamedTuple):
    """The files that may hold handlers.

    Attributes:
        roots: directories that module names start from.
        is_whole: they are all of a project.
    """

    files: tuple[Path, ...]
    roots: tuple[Path, ...]
    signs: HandlerSigns
    is_whole: bool


def find_project_targets(settings: Settings, names: Iterable[str] = ()) -> Targets:
    """All modules beside the project's handlers; a spec may state another place for one than the settings do."""
    signs = HandlerSigns(settings.package, frozenset(names))
    source = find_source(settings).resolve()
    top = source / settings.handlers.partition(".")[0]
    module, generated = top.with_suffix(".py"), source.joinpath(*settings.package.split("."))
    files = [*(find_modules(top, generated) if top.is_dir() else ()), *([module] if module.is_file() else ())]
    return Targets(tuple(_with_handlers(files, signs)), (source,), signs, is_whole=True)


def find_targets(paths: Iterable[Path], settings: Settings | None, names: Iterable[str] = ()) -> Targets:
    """The files under some paths; with a project around them, its generated package tells what a handler is."""
    signs = HandlerSigns(None if settings is None else settings.package, frozenset(names))
    files = tuple(dict.fromkeys(file for path in paths for file in find_modules(path.resolve())))
    roots = dict.fromkeys([] if settings is None else [find_source(settings).resolve()])
    for file in files:
        if not any(file.is_relative_to(root) for root in roots):
            roots[find_root(file)] = None
    return Targets(tuple(_with_handlers(files, signs)), tuple(roots), signs, is_whole=False)


def _with_handlers(files: Iterable[Path], signs: HandlerSigns) -> Iterator[Path]:
    """Without those whose text alone tells that they have none; what cannot be read stays, to be reported."""
    names = "|".join(map(re.escape, sorted(signs.names)))
    wanted = re.compile(rb"functions\b" + (rf"|\bdef\s+(?:{names})\b".encode() if names else b""))
    for file in files:
        try:
            has_handlers = wanted.search(file.read_bytes()) is not None
        except OSError:
            has_handlers = True
        if has_handlers:
            yield file
