"""The commands `surestep expand` and `surestep graph`: what specs stand for, in another form, on stdout."""

from pathlib import Path
from typing import Final, Literal

import click

from surestep_codegen.cli_project import load_specs
from surestep_dsl.expand import expand_jobs
from surestep_dsl.graph import build_graph
from surestep_dsl.graph_text import render_dot, render_mermaid

__all__ = ["expand", "graph"]

_PATHS: Final = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.command
@_PATHS
def expand(paths: tuple[Path, ...]) -> None:
    """Print the events and functions that the jobs of the project stand for, or those of the specs under PATHS."""
    loaded, _ = load_specs(paths)
    click.echo(expand_jobs(loaded.sources.values()) or "# no spec declares a job\n", nl=False)


@click.command
@_PATHS
@click.option("--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid", help="How to print it.")
def graph(paths: tuple[Path, ...], form: Literal["mermaid", "dot"]) -> None:
    """Print who sends, handles, waits for and invokes what, in the project or in the specs under PATHS."""
    _, project = load_specs(paths)
    made = build_graph(project)
    click.echo(render_mermaid(made) if form == "mermaid" else render_dot(made), nl=False)
