"""`surestep check`: the specs as a whole, every problem at once."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from surestep.cli.problem import Exit
from surestep.cli.project import load_here, show_findings

if TYPE_CHECKING:
    from surestep_dsl.diagnostics import Diagnostic, Span
    from surestep_dsl.load import Loaded

__all__ = ["check"]


@click.command
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to print findings: for people, for programs, for code scanning, as annotations of a GitHub workflow.",
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
def check(paths: tuple[Path, ...], form: Literal["text", "json", "sarif", "github"], *, strict: bool) -> None:
    """Check the specs of the project, or PATHS instead of those that its settings name.

    PATHS need no project around them. The exit status is 1 where there is an error, with --strict also where there is
    a warning.
    """
    found = load_here(paths)
    loaded = found.loaded
    match form:
        case "text":
            _show(loaded)
        case "json":
            from surestep_dsl.report import render_json

            click.echo(render_json(loaded.diagnostics))
        case "sarif":
            from surestep_dsl.report_sarif import render_sarif

            click.echo(render_sarif(_seen_from_repository(loaded.diagnostics, found.root), version("surestep")))
        case "github":
            from surestep_dsl.report_github import render_github

            click.echo(render_github(_seen_from_repository(loaded.diagnostics, found.root)), nl=False)
    failing = ("error", "warning") if strict else ("error",)
    failed = any(diagnostic.severity in failing for diagnostic in loaded.diagnostics)
    sys.exit(Exit.FINDINGS if failed else Exit.OK)


def _show(loaded: "Loaded") -> None:
    from surestep_dsl.report import render_summary

    show_findings(loaded, err=False)
    click.echo(render_summary(loaded.diagnostics, len(loaded.sources)))


def _seen_from_repository(diagnostics: "Iterable[Diagnostic]", root: Path) -> "list[Diagnostic]":
    """With file names from the top of the repository that a GitHub workflow has checked out, where it is one."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or not root.is_relative_to(top := Path(workspace).resolve()):
        return list(diagnostics)
    folder = root.relative_to(top)

    def seen(span: "Span") -> "Span":
        return replace(span, file=(folder / span.file).as_posix())  # an absolute name stays as it is

    return [
        replace(
            found,
            span=seen(found.span),
            related=tuple(replace(related, span=seen(related.span)) for related in found.related),
        )
        for found in diagnostics
    ]
