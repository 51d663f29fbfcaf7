"""The command `surestep doctor`. Decides how findings are shown; what they are, `surestep_codegen.doctor` decides."""

import sys
from typing import Literal, TypeAlias

import click

from surestep_codegen.cli_project import FINDINGS, fail, find_settings, load_sources, paint
from surestep_codegen.doctor import CHECKS, load_subject
from surestep_codegen.project_problem import ProjectProblemError
from surestep_dsl.report import render_json, render_text

__all__ = ["doctor"]

_Form: TypeAlias = Literal["text", "json"]


@click.command
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print findings: for people, for programs.",
)
def doctor(form: _Form) -> None:
    """Examine a project and say what to do: versions, settings, generated code, handlers, the type checker.

    Imports none of your code and changes nothing. The exit status is 1 where there is a finding.
    """
    settings = find_settings()
    try:
        subject = load_subject(settings)
        found = [diagnostic for check in CHECKS for diagnostic in check(subject)]
    except ProjectProblemError as error:
        click.echo(render_text(error.found, error.sources, paint), err=True, nl=False)
        sys.exit(FINDINGS)
    except OSError as error:
        fail(f"cannot read {error.filename}: {error.strerror}")
    except RuntimeError as error:
        fail(str(error))
    if form == "json":
        click.echo(render_json(found))
    else:
        sources = {**load_sources(settings.root, {one.span.file for one in found}), **subject.loaded.sources}
        click.echo(render_text(found, sources, paint), nl=False)
        findings = "nothing to mend" if not found else "1 finding" if len(found) == 1 else f"{len(found)} findings"
        click.echo(f"{findings} in {len(CHECKS)} checks")
    sys.exit(FINDINGS if found else 0)
