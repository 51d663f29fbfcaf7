"""The command `surestep generate`. Decides how results are shown and which exit status they have, nothing else.

Exit statuses are those of every command: 0 fine, 1 findings, 2 wrong arguments, 3 the command could not be carried out.
"""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from surestep_codegen.generate import Changes
    from surestep_codegen.plan.index import Index
    from surestep_dsl.diagnostics import Diagnostic
    from surestep_dsl.load import Loaded
    from surestep_dsl.nodes import SourceText
    from surestep_dsl.settings import Settings

__all__ = ["generate"]

_Form: TypeAlias = Literal["text", "json", "github"]


@click.command
@click.option("--check", is_flag=True, help="Write nothing; say what is not up to date and exit with 1.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How --check prints: for people, for programs, as annotations of a GitHub workflow.",
)
@click.option("--watch", is_flag=True, help="Go on, and write again after every change of the specs, until Ctrl-C.")
def generate(form: _Form, *, check: bool, watch: bool) -> None:
    """Write typed Python from the specs: events, types, functions, and stubs of handlers that are missing."""
    from surestep_codegen.cli_project import FINDINGS, find_settings, load_specs, show_text
    from surestep_codegen.extensions import load_extensions
    from surestep_codegen.generate import find_changes
    from surestep_codegen.plan.index import Index, Layout
    from surestep_codegen.project_problem import ProjectProblemError
    from surestep_dsl.settings import find_source

    if form != "text" and not check:
        raise click.UsageError("--format is for --check")
    if watch:
        _watch(check=check)
        return
    show = show_text if form == "text" else partial(_show, form, Path.cwd())
    settings = find_settings(show=show)
    show = show_text if form == "text" else partial(_show, form, settings.root)
    loaded, project = load_specs((), show)
    layout, source = Layout(settings.package, settings.handlers), find_source(settings)
    try:
        changes = find_changes(project, layout, source, extensions=load_extensions(settings))
        if not check:
            _write(changes, loaded, source)
    except ProjectProblemError as error:
        show(error.found, error.sources)
        sys.exit(FINDINGS)
    except (OSError, RuntimeError) as error:
        _fail(error)
    if check:
        _print(changes, Index(project, layout), settings, form)
    sys.exit(FINDINGS if changes.problems or (check and changes.findings) else 0)


def _show(form: _Form, root: Path, found: "Sequence[Diagnostic]", _sources: "Mapping[str, SourceText]") -> None:
    """Print what is wrong before anything can be compared the way differences are printed."""
    from surestep_codegen.cli_project import repository_folder
    from surestep_codegen.verdicts import Difference, render_differences_github, render_differences_json

    differences = [Difference(diagnostic, None, ()) for diagnostic in found]
    if form == "json":
        click.echo(render_differences_json(differences))
    else:
        click.echo(render_differences_github(differences, repository_folder(root)), nl=False)


def _watch(*, check: bool) -> None:
    from surestep_codegen.cli_watch import generate_again, wait_for_changes

    if check:
        raise click.UsageError("--watch writes, and --check does not")
    try:
        generate_again(Path.cwd(), wait_for_changes())
    except KeyboardInterrupt:
        click.echo()


def _write(changes: "Changes", loaded: "Loaded", source: Path) -> None:
    from surestep_codegen.cli_project import FINDINGS, paint
    from surestep_codegen.generate import apply_changes
    from surestep_codegen.report import describe_changes, describe_foreign
    from surestep_dsl.report import render_text

    if changes.foreign:
        click.echo("\n".join(describe_foreign(changes)), err=True)
        sys.exit(FINDINGS)
    apply_changes(changes, source)
    click.echo("\n".join(describe_changes(changes)))
    click.echo(render_text(changes.problems, loaded.sources, paint), err=True, nl=False)


def _print(changes: "Changes", index: "Index", settings: "Settings", form: _Form) -> None:
    from surestep_codegen.cli_project import paint, repository_folder, source_folder
    from surestep_codegen.report import describe_findings
    from surestep_codegen.verdicts import (
        explain_changes,
        render_differences,
        render_differences_github,
        render_differences_json,
    )

    differences = explain_changes(changes, index, source_folder(settings))
    match form:
        case "text":
            click.echo(render_differences(differences, paint), nl=False)
            click.echo(describe_findings(changes))
        case "json":
            click.echo(render_differences_json(differences))
        case "github":
            click.echo(render_differences_github(differences, repository_folder(settings.root)), nl=False)


def _fail(error: OSError | RuntimeError) -> NoReturn:
    """End the command over what the user can mend: no rights, a full disk, a missing tool."""
    from surestep_codegen.cli_project import fail

    fail(f"cannot write {error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error))
