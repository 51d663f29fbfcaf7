"""`surestep generate --watch`: generates after every change of the specs, one line for each time.

What is wrong with specs or settings is shown, and the next change is waited for; nothing but Ctrl-C ends it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import click
import watchfiles

from surestep_codegen.cli_project import paint
from surestep_codegen.extensions import load_extensions
from surestep_codegen.generate import apply_changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.report import describe_changes, describe_foreign
from surestep_codegen.spell import Speller
from surestep_dsl.load import load_project
from surestep_dsl.report import render_summary, render_text
from surestep_dsl.settings import Settings, find_source, load_settings

__all__ = ["Wait", "generate_again", "wait_for_changes"]

Wait: TypeAlias = Callable[[tuple[Path, ...]], bool]
"""Waits for a change at or below paths; False where there will be none."""

_SUFFIXES: Final = (".yaml", ".yml", ".toml", ".jinja")


def generate_again(start: Path, wait: Wait) -> None:
    """Generate, wait, and so on; `start` is a directory of the project."""
    speller = Speller()
    paths: tuple[Path, ...] = (start,)
    while True:
        settings = load_settings(start)
        if isinstance(settings, Settings):
            own = () if settings.templates is None else (settings.templates,)
            paths = tuple(settings.root / name for name in ("pyproject.toml", *settings.specs, *own))
            _generate(settings, speller)
        else:
            click.echo(render_text(settings, {}, paint), err=True, nl=False)
        if not wait(paths):
            return


def _generate(settings: Settings, speller: Speller) -> None:
    """One round."""
    severities, handlers = settings.severities, settings.handlers
    loaded = load_project(settings.specs, settings.root, severities=severities, handlers=handlers)
    click.echo(render_text(loaded.diagnostics, loaded.sources, paint), err=True, nl=False)
    if loaded.project is None:
        click.echo(f"not generated: {render_summary(loaded.diagnostics, len(loaded.sources))}")
        return
    source = find_source(settings)
    try:
        layout, extensions = Layout(settings.package, settings.handlers), load_extensions(settings)
        changes = find_changes(loaded.project, layout, source, speller, extensions)
        if changes.foreign:
            click.echo("\n".join(describe_foreign(changes)), err=True)
            click.echo("not generated: files of somebody else are in the way")
            return
        apply_changes(changes, source)
    except OSError as error:
        click.echo(f"not generated: cannot write {error.filename}: {error.strerror}")
        return
    except ProjectProblemError as error:
        click.echo(render_text(error.found, error.sources, paint), err=True, nl=False)
        click.echo("not generated")
        return
    except RuntimeError as error:
        click.echo(f"not generated: {error}")
        return
    click.echo(render_text(changes.problems, loaded.sources, paint), err=True, nl=False)
    click.echo("\n".join(describe_changes(changes)))


def wait_for_changes() -> Wait:
    """On the disk, until Ctrl-C, which is raised. No change is missed while paths stay the same."""
    watched: tuple[Path, ...] = ()
    changes: Iterator[object] = iter(())

    def wait(paths: tuple[Path, ...]) -> bool:
        nonlocal watched, changes
        present = tuple(path for path in paths if path.exists())
        if present != watched:
            watched = present
            changes = watchfiles.watch(*present, watch_filter=_is_spec)
        return next(changes, None) is not None

    return wait


def _is_spec(_change: watchfiles.Change, path: str) -> bool:
    return path.endswith(_SUFFIXES)
