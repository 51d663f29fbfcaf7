"""What commands of the generator share: the project they work on, and how they end."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import click

from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import paint, render_summary, render_text
from surestep_dsl.settings import Settings, find_source, load_settings_for

if TYPE_CHECKING:
    from surestep_dsl.load import Loaded
    from surestep_dsl.model import Project

__all__ = [
    "FAULT",
    "FINDINGS",
    "Show",
    "fail",
    "find_settings",
    "load_checked",
    "load_sources",
    "load_specs",
    "paint",
    "repository_folder",
    "show_text",
    "source_folder",
    "write_text",
]

FINDINGS: Final = 1
FAULT: Final = 3

Show: TypeAlias = Callable[[Sequence[Diagnostic], Mapping[str, SourceText]], None]
"""Prints what ends a command, with the texts that it stands in."""


def show_text(found: Sequence[Diagnostic], sources: Mapping[str, SourceText]) -> None:
    """For people."""
    click.echo(render_text(found, sources, paint), err=True, nl=False)


def find_settings(paths: tuple[Path, ...] = (), show: Show = show_text) -> Settings:
    """The settings of the project here; ends the command where they are wrong, or missing and needed.

    Args:
        paths: specs that were named instead of those of the settings; they need no project around them.
        show: prints what is wrong with them.
    """
    settings = load_settings_for(paths, Path.cwd())
    if isinstance(settings, Settings):
        return settings
    show(settings, {})
    sys.exit(FINDINGS)


def load_checked(paths: tuple[Path, ...]) -> "Project":
    """The project here, or the specs under `paths`; ends the command where they have errors."""
    return load_specs(paths)[1]


def load_specs(paths: tuple[Path, ...], show: Show = show_text) -> "tuple[Loaded, Project]":
    """The same with everything that loading gives; `show` prints what ends the command."""
    from surestep_dsl.load import load_project

    settings = find_settings(paths, show)
    specs = tuple(Path.cwd() / path for path in paths) or settings.specs
    loaded = load_project(specs, settings.root, severities=settings.severities, handlers=settings.handlers)
    if loaded.diagnostics:
        (show if loaded.project is None else show_text)(loaded.diagnostics, loaded.sources)
    if loaded.project is None:
        click.echo(render_summary(loaded.diagnostics, len(loaded.sources)), err=True)
        sys.exit(FINDINGS)
    return loaded, loaded.project


def repository_folder(root: Path) -> str:
    """What leads from the top of the repository that a GitHub workflow has checked out to the project's root.

    Empty, or ending in a slash.
    """
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or not root.is_relative_to(top := Path(workspace).resolve()) or root == top:
        return ""
    return f"{root.relative_to(top).as_posix()}/"


def load_sources(root: Path, names: Iterable[str]) -> dict[str, SourceText]:
    """The texts of files that findings name, as far as they are there."""
    paths = {name: root / name for name in names}
    texts = {name: path.read_bytes().decode("utf-8-sig", "replace") for name, path in paths.items() if path.is_file()}
    return {name: SourceText(name, text) for name, text in texts.items()}


def source_folder(settings: Settings) -> str:
    """What leads from the project's root to the directory of its top packages; empty, or ending in a slash."""
    source = find_source(settings)
    return "" if source == settings.root else f"{source.relative_to(settings.root).as_posix()}/"


def write_text(path: Path, text: str) -> None:
    """Write a file and say so; its folder is made. Ends the command where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {error.filename}: {error.strerror}")
    click.echo(f"wrote {path}")


def fail(message: str, hint: str = "", status: int = FAULT) -> NoReturn:
    """End the command with one sentence and a hint."""
    click.echo(f"{paint('error:', 'error')} {message}", err=True)
    if hint:
        click.echo(f"  {paint('hint:', 'hint')} {hint}", err=True)
    sys.exit(status)
