"""The command `surestep generate`. Decides how results are shown and which exit status they have, nothing else.

Exit statuses are those of every command: 0 fine, 1 findings, 2 wrong arguments, 3 the command could not be carried out.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from surestep_codegen.generate import Changes
    from surestep_dsl.load import Loaded
    from surestep_dsl.settings import Settings

__all__ = ["generate"]

_FINDINGS: Final = 1
_FAULT: Final = 3
_STYLES: Final = {"error": "red", "warning": "yellow", "info": "blue", "hint": "cyan", "caret": "green"}


@click.command
@click.option("--check", is_flag=True, help="Write nothing; list what is not up to date and exit with 1.")
def generate(*, check: bool) -> None:
    """Write typed Python from the specs: events, types, functions, and stubs of handlers that are missing."""
    from surestep_codegen.generate import find_changes
    from surestep_codegen.plan.index import Layout
    from surestep_codegen.report import describe_findings, describe_omissions
    from surestep_dsl.settings import find_source

    settings = _load_settings()
    loaded = _load_specs(settings)
    if loaded.project is None:
        sys.exit(_FINDINGS)
    for line in describe_omissions(loaded.project):
        click.echo(line, err=True)
    source = find_source(settings)
    try:
        changes = find_changes(loaded.project, Layout(settings.package, settings.handlers), source)
        if not check:
            _write(changes, source)
    except (OSError, RuntimeError) as error:
        _fail(error)
    if check:
        click.echo("\n".join(describe_findings(changes)))
        sys.exit(_FINDINGS if changes.findings else 0)


def _load_settings() -> "Settings":
    from surestep_dsl.settings import Settings, load_settings

    settings = load_settings(Path.cwd())
    if isinstance(settings, Settings):
        return settings
    from surestep_dsl.report import render_text

    click.echo(render_text(settings, {}, _paint), err=True, nl=False)
    sys.exit(_FINDINGS)


def _load_specs(settings: "Settings") -> "Loaded":
    """The specs, with everything that is wrong with them shown."""
    from surestep_dsl.load import load_project
    from surestep_dsl.report import render_summary, render_text

    severities, handlers = settings.severities, settings.handlers
    loaded = load_project(settings.specs, settings.root, severities=severities, handlers=handlers)
    if loaded.diagnostics:
        click.echo(render_text(loaded.diagnostics, loaded.sources, _paint), err=True, nl=False)
    if loaded.project is None:
        click.echo(render_summary(loaded.diagnostics, len(loaded.sources)), err=True)
    return loaded


def _write(changes: "Changes", source: Path) -> None:
    from surestep_codegen.generate import apply_changes
    from surestep_codegen.report import describe_changes, describe_foreign

    if changes.foreign:
        click.echo("\n".join(describe_foreign(changes)), err=True)
        sys.exit(_FINDINGS)
    apply_changes(changes, source)
    click.echo("\n".join(describe_changes(changes)))


def _fail(error: OSError | RuntimeError) -> NoReturn:
    """End the command over what the user can mend: no rights, a full disk, a missing tool."""
    about = f"cannot write {error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
    click.echo(f"{click.style('error:', fg='red', bold=True)} {about}", err=True)
    sys.exit(_FAULT)


def _paint(text: str, style: str) -> str:
    """Colour for a terminal; `click.echo` takes it out again for a file or a pipe."""
    return click.style(text, fg=_STYLES.get(style), bold=style == "place")
