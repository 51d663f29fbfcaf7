"""The command `surestep sync`. Decides what is shown and written; what changes, `surestep_codegen.sync` decides."""

import sys
from difflib import unified_diff

import click

from surestep_codegen.cli_project import FINDINGS, fail, find_settings, load_sources, load_specs, paint, source_folder
from surestep_codegen.custom_templates import load_templates
from surestep_codegen.plan.index import Layout
from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.sync.survey import FileChange, survey_handlers
from surestep_codegen.write import write_files
from surestep_dsl.diagnostics import Severity
from surestep_dsl.report import render_text
from surestep_dsl.settings import find_source

__all__ = ["sync"]


@click.command
@click.option("--write", is_flag=True, help="Change the files; without it only show what would change.")
def sync(*, write: bool) -> None:
    """Bring modules of handlers in step with the specs: add missing stubs, mend annotations and imports.

    Everything else in a file stays byte for byte as it is. A file that cannot be decided about is left alone, with a
    finding; nothing is ever removed. The exit status is 1 where something is left to do.
    """
    settings = find_settings()
    project = load_specs(())[1]
    source = find_source(settings)
    folder = source_folder(settings)
    try:
        templates = load_templates(settings)
        survey = survey_handlers(project, Layout(settings.package, settings.handlers), source, folder, templates)
        if write:
            write_files(source, {change.path: change.after for change in survey.changes})
    except ProjectProblemError as error:
        click.echo(render_text(error.found, error.sources, paint), err=True, nl=False)
        sys.exit(FINDINGS)
    except OSError as error:
        fail(f"cannot read or write {error.filename}: {error.strerror}")
    except RuntimeError as error:
        fail(str(error))
    for change in survey.changes:
        click.echo(_done(change, folder) if write else _difference(change, folder), nl=False)
    sources = load_sources(settings.root, {one.span.file for one in survey.diagnostics})
    click.echo(render_text(survey.diagnostics, sources, paint), err=True, nl=False)
    errors = sum(one.severity is Severity.ERROR for one in survey.diagnostics)
    click.echo(_summary(len(survey.changes), errors, write=write))
    sys.exit(FINDINGS if errors or (survey.changes and not write) else 0)


def _difference(change: FileChange, folder: str) -> str:
    name = f"{folder}{change.path}"
    before, after = _lines(change.before or b""), _lines(change.after)
    old = f"{name} (as it is)" if change.before is not None else "/dev/null"
    lines = list(unified_diff(before, after, old, f"{name} (in step)", lineterm=""))
    return "".join(f"{line}\n" for line in lines) or f"{name}: new, empty\n"


def _lines(content: bytes) -> list[str]:
    """Without their ends, so that a terminal shows those of Windows, too."""
    return content.decode("utf-8-sig", "replace").splitlines()


def _done(change: FileChange, folder: str) -> str:
    return f"{folder}{change.path}: {'changed' if change.before is not None else 'new, yours to complete'}\n"


def _summary(changes: int, errors: int, *, write: bool) -> str:
    left = f"; {errors} left to you" if errors else ""
    if not changes:
        return f"nothing to change{left}" if errors else "handlers are in step with the specs"
    files = "1 file" if changes == 1 else f"{changes} files"
    return f"changed {files}{left}" if write else f"{files} would change{left}; to write: surestep sync --write"
