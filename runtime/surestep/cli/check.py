"""`surestep check`: the specs as a whole, every problem at once."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from surestep.cli.problem import Exit, ProblemError
from surestep.cli.project import LoadedProject, load_here, show_findings

if TYPE_CHECKING:
    from surestep_dsl.diagnostics import Diagnostic, Span
    from surestep_dsl.load import Loaded

__all__ = ["check"]

_Form: TypeAlias = Literal["text", "json", "sarif", "github"]


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
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Show nothing that this file knows.")
@click.option("--write-baseline", is_flag=True, help="Write all findings of now to the file of --baseline.")
def check(paths: tuple[Path, ...], form: _Form, *, strict: bool, baseline: Path | None, write_baseline: bool) -> None:
    """Check the specs of the project, or PATHS instead of those that its settings name.

    PATHS need no project around them. The exit status is 1 where there is an error, with --strict also where there is
    a warning.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    found = load_here(paths)
    loaded = found.loaded
    if baseline is not None:
        if write_baseline:
            _write_baseline(baseline, loaded)
            return
        loaded = _without_known(baseline, found)
    _print(loaded, form, found.root)
    failing = ("error", "warning") if strict else ("error",)
    failed = any(diagnostic.severity in failing for diagnostic in loaded.diagnostics)
    sys.exit(Exit.FINDINGS if failed else Exit.OK)


def _print(loaded: "Loaded", form: _Form, root: Path) -> None:
    match form:
        case "text":
            _show(loaded)
        case "json":
            from surestep_dsl.report import render_json

            click.echo(render_json(loaded.diagnostics))
        case "sarif":
            from surestep_dsl.report_sarif import render_sarif

            click.echo(render_sarif(_seen_from_repository(loaded.diagnostics, root), version("surestep")))
        case "github":
            from surestep_dsl.report_github import render_github

            click.echo(render_github(_seen_from_repository(loaded.diagnostics, root)), nl=False)


def _show(loaded: "Loaded") -> None:
    from surestep_dsl.report import render_summary

    show_findings(loaded, err=False)
    click.echo(render_summary(loaded.diagnostics, len(loaded.sources)))


def _without_known(path: Path, found: LoadedProject) -> "Loaded":
    """The findings that a baseline does not know; it is read as UTF-8."""
    from surestep_dsl.baseline import parse_baseline, subtract_baseline
    from surestep_dsl.load import adjust_diagnostics
    from surestep_dsl.nodes import SourceText

    where = path.resolve()
    name = where.relative_to(found.root) if where.is_relative_to(found.root) else where
    try:
        baseline = parse_baseline(SourceText(name.as_posix(), path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}", param_hint="--baseline") from None
    if baseline is None:
        raise click.BadParameter(f"{path} is no baseline; write one with --write-baseline", param_hint="--baseline")
    left = subtract_baseline(found.loaded.diagnostics, found.loaded.sources, baseline)
    severities = {} if found.settings is None else found.settings.severities
    return replace(found.loaded, diagnostics=adjust_diagnostics(left, severities))


def _write_baseline(path: Path, loaded: "Loaded") -> None:
    from surestep_dsl.baseline import render_baseline

    try:
        path.write_text(render_baseline(loaded.diagnostics, loaded.sources), encoding="utf-8")
    except OSError as error:
        raise ProblemError(f"cannot write {path}: {error.strerror}") from None
    click.echo(f"{path}: findings known from now on: {len(loaded.diagnostics)}")


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
