"""The project a command works on: its settings and specs, and what is wrong with them, shown."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from surestep_dsl.load import Loaded
    from surestep_dsl.settings import Settings

__all__ = ["LoadedProject", "load_here", "show_findings"]


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """What the settings and specs say. `settings` is None where they cannot be used; then `loaded` says why."""

    settings: "Settings | None"
    loaded: "Loaded"

    @property
    def root(self) -> Path:
        """The directory that names of files in findings are relative to."""
        return Path.cwd() if self.settings is None else self.settings.root


def load_here(paths: tuple[Path, ...] = ()) -> LoadedProject:
    """The project that the current directory lies in; `paths` are checked instead of what its settings name."""
    from surestep_dsl.load import Loaded, load_project
    from surestep_dsl.settings import Settings, load_settings_for

    here = Path.cwd()
    settings = load_settings_for(paths, here)
    if not isinstance(settings, Settings):
        return LoadedProject(None, Loaded(None, settings))
    specs = tuple(here / path for path in paths) or settings.specs
    loaded = load_project(specs, settings.root, severities=settings.severities, handlers=settings.handlers)
    return LoadedProject(settings, loaded)


def show_findings(loaded: "Loaded", *, err: bool) -> None:
    """Print each finding with its source line; colours only on a terminal."""
    from surestep_dsl.report import paint, render_text

    if loaded.diagnostics:
        click.echo(render_text(loaded.diagnostics, loaded.sources, paint), nl=False, err=err)
