"""`surestep check`: the specs as a whole, every problem at once."""

import sys
from pathlib import Path
from typing import Literal

import click

from surestep.cli.problem import Exit
from surestep.cli.project import load_here, show_findings

__all__ = ["check"]


@click.command
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print findings.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
def check(paths: tuple[Path, ...], form: Literal["text", "json"], *, strict: bool) -> None:
    """Check the specs of the project, or PATHS instead of those that its settings name."""
    loaded = load_here(paths).loaded
    from surestep_dsl.report import render_json, render_summary

    if form == "json":
        click.echo(render_json(loaded.diagnostics))
    else:
        show_findings(loaded, err=False)
        click.echo(render_summary(loaded.diagnostics, len(loaded.sources)))
    warnings = any(diagnostic.severity == "warning" for diagnostic in loaded.diagnostics)
    sys.exit(Exit.FINDINGS if loaded.errors or (strict and warnings) else Exit.OK)
