"""The command `surestep lint`: what is linted, how findings are shown, and what exit status they have."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

import click

from surestep_codegen.cli_project import FINDINGS, fail, find_settings, load_sources, paint, repository_folder
from surestep_codegen.lint.codes import LINT_CODES
from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.lint import Linted, lint_files
from surestep_codegen.lint.report import render_findings_json, render_not_followed
from surestep_codegen.lint.store import FactsStore
from surestep_codegen.lint.targets import Targets, find_project_targets, find_targets
from surestep_dsl.baseline import Baseline, parse_baseline, render_baseline, subtract_baseline
from surestep_dsl.diagnostics import Severity
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_summary, render_text
from surestep_dsl.settings import Settings, load_settings

__all__ = ["lint"]

_Form: TypeAlias = Literal["text", "json", "sarif", "github"]


@click.command
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to print findings: for people, for programs, for code scanning, as annotations of a GitHub workflow.",
)
@click.option(
    "--handlers",
    "names",
    multiple=True,
    metavar="NAME",
    help="Functions of this name with the parameters `ctx` and `step` are handlers, too.",
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Show nothing that this file knows.")
@click.option("--write-baseline", is_flag=True, help="Write all findings of now to the file of --baseline.")
def lint(
    paths: tuple[Path, ...],
    form: _Form,
    names: tuple[str, ...],
    *,
    strict: bool,
    baseline: Path | None,
    write_baseline: bool,
) -> None:
    """Find what handlers of the project, or of PATHS, do between steps that may differ on a replay.

    Calls are followed through all modules of the program, and nothing is run. PATHS need no project around them. The
    exit status is 1 where there is an error, with --strict also where there is a warning.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    settings = _load_settings(paths)
    linted = _lint(settings, paths, names)
    sources = load_sources(settings.root, {one.diagnostic.span.file for one in linted.findings})
    if baseline is not None:
        if write_baseline:
            _write_baseline(baseline, linted, sources)
            return
        known = _load_baseline(baseline, settings.root)
        linted.findings = _without_known(linted.findings, sources, known, is_whole=not paths)
        sources[known.source.file] = known.source
    linted.findings = _adjusted(linted.findings, settings.severities)
    _print(linted, form, settings.root, sources)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    sys.exit(FINDINGS if any(one.diagnostic.severity in failing for one in linted.findings) else 0)


def _load_settings(paths: tuple[Path, ...]) -> Settings:
    """Those of the project here; with PATHS, defaults where there is none."""
    return find_settings(tuple(path.resolve() for path in paths))


def _lint(settings: Settings, paths: tuple[Path, ...], names: tuple[str, ...]) -> Linted:
    has_project = not paths or isinstance(load_settings(Path.cwd()), Settings)
    targets = _find_targets(settings if has_project else None, paths, names)
    return lint_files(
        targets.files,
        targets.roots,
        targets.signs,
        base=settings.root,
        own=settings.effects,
        store=FactsStore(settings.root if has_project else None),
        is_whole=targets.is_whole,
    )


def _find_targets(settings: Settings | None, paths: tuple[Path, ...], names: tuple[str, ...]) -> Targets:
    return find_targets(paths, settings, names) if paths or settings is None else find_project_targets(settings, names)


def _adjusted(findings: Iterable[Finding], severities: Mapping[str, Severity | None]) -> list[Finding]:
    """With the severities that the settings chose."""
    chosen = ((one, severities.get(one.diagnostic.code, one.diagnostic.severity)) for one in findings)
    return [
        replace(one, diagnostic=replace(one.diagnostic, severity=severity))
        for one, severity in chosen
        if severity is not None
    ]


def _load_baseline(path: Path, root: Path) -> Baseline:
    where = path.resolve()
    name = where.relative_to(root) if where.is_relative_to(root) else where
    try:
        found = parse_baseline(SourceText(name.as_posix(), path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}", param_hint="--baseline") from None
    if found is None:
        raise click.BadParameter(f"{path} is no baseline; write one with --write-baseline", param_hint="--baseline")
    return found


def _without_known(
    findings: Iterable[Finding], sources: Mapping[str, SourceText], baseline: Baseline, *, is_whole: bool
) -> list[Finding]:
    """The findings that a baseline does not know; of a part of the project nobody can say that one is found no more."""
    by_diagnostic = {one.diagnostic: one for one in findings}
    left = subtract_baseline(by_diagnostic, sources, baseline)
    return [
        by_diagnostic.get(found) or Finding(found, "baseline", ())
        for found in left
        if is_whole or found in by_diagnostic
    ]


def _write_baseline(path: Path, linted: Linted, sources: Mapping[str, SourceText]) -> None:
    try:
        path.write_text(render_baseline((one.diagnostic for one in linted.findings), sources), encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")
    click.echo(f"{path}: findings known from now on: {len(linted.findings)}")


def _print(linted: Linted, form: _Form, root: Path, sources: Mapping[str, SourceText]) -> None:
    diagnostics = [one.diagnostic for one in linted.findings]
    match form:
        case "text":
            click.echo(render_text(diagnostics, sources, paint), nl=False)
            click.echo(render_not_followed(linted.not_followed), nl=False)
            handlers = "1 handler" if linted.handlers == 1 else f"{linted.handlers} handlers"
            click.echo(f"{render_summary(diagnostics, linted.modules)}, {handlers}")
        case "json":
            click.echo(render_findings_json(linted))
        case "sarif":
            from importlib.metadata import version

            from surestep_dsl.report_sarif import render_sarif

            click.echo(render_sarif(diagnostics, version("surestep"), LINT_CODES, repository_folder(root)))
        case "github":
            from surestep_dsl.report_github import render_github

            titles = {code: found.title for code, found in LINT_CODES.items()}
            click.echo(render_github(diagnostics, titles, repository_folder(root)), nl=False)
