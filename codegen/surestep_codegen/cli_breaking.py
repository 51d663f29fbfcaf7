"""The command `surestep breaking`: what a change of the specs breaks, and whether that fails."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

import click

from surestep_codegen.breaking.approvals import APPROVALS_FILE, Approval, parse_approvals
from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.judge import find_findings, find_idle_approvals
from surestep_codegen.breaking.old_specs import OldSpecsError, load_old_specs
from surestep_codegen.breaking.report import (
    render_annotations,
    render_findings,
    render_findings_json,
    render_outcome,
)
from surestep_codegen.breaking.rules import RULES
from surestep_codegen.cli_project import FAULT, FINDINGS, fail, find_settings, paint, repository_folder
from surestep_dsl.diagnostics import Diagnostic, Severity
from surestep_dsl.load import Loaded, load_files, load_project
from surestep_dsl.model import Project
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_summary, render_text
from surestep_dsl.settings import Settings
from surestep_dsl.source import decode_source

__all__ = ["breaking"]

_Form: TypeAlias = Literal["text", "json", "github"]
_USAGE = 2


@click.command
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--against",
    required=True,
    metavar="REF|DIR",
    help="A commit of the project's git repository, such as origin/main, or a directory with the older specs.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print findings: for people, for programs, as annotations of a GitHub workflow.",
)
@click.option(
    "--approvals",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Findings that may pass, each with a reason and a date.  [default: {APPROVALS_FILE}]",
)
def breaking(paths: tuple[Path, ...], against: str, form: _Form, approvals: Path | None) -> None:
    """Compare the specs with older ones and say what breaks producers, consumers, runs in flight or user code.

    PATHS are specs to compare instead of those that the settings name; they need no project around them.

    The exit status is 1 where a finding fails: the setting `breaking` chooses categories and codes, by default WIRE
    and RUN.
    """
    settings = _load_settings(paths)
    loaded, new = _load_new(settings)
    older, old = _load_old(against, settings, is_asked=bool(paths))
    path = approvals or settings.root / APPROVALS_FILE
    entries, faults, source = _load_approvals(path, settings.root, is_asked=approvals is not None)
    today = datetime.now(UTC).date()
    found = find_findings(
        Comparison(old, new),
        failing=settings.breaking,
        approvals=entries,
        today=today,
        external_consumers=settings.external_consumers,
    )
    problems = (*faults, *find_idle_approvals(entries, found, today))
    match form:
        case "text":
            sources = {**older.sources, **loaded.sources, source.file: source}
            click.echo(render_findings(found, problems, sources, paint), nl=False)
            click.echo(render_outcome(found, against))
        case "json":
            click.echo(render_findings_json(found, problems))
        case "github":
            click.echo(render_annotations(found, problems, repository_folder(settings.root)), nl=False)
    failed = any(one.fails for one in found) or any(one.severity is Severity.ERROR for one in problems)
    sys.exit(FINDINGS if failed else 0)


def _load_settings(paths: tuple[Path, ...]) -> Settings:
    settings = find_settings(paths)
    codes = {rule.code for rule in RULES}
    for chosen in settings.breaking:
        if chosen.startswith("B") and chosen not in codes:
            fail(f"the setting `breaking` names an unknown code {chosen}", did_you_mean(chosen, codes) or "", FINDINGS)
    asked = tuple(Path(os.path.relpath(path.resolve(), settings.root)).as_posix() for path in paths)
    return replace(settings, specs=asked) if asked else settings


def _load_new(settings: Settings) -> tuple[Loaded, Project]:
    """Today's specs; their warnings are the business of other commands."""
    severities, handlers = settings.severities, settings.handlers
    loaded = load_project(settings.specs, settings.root, severities=severities, handlers=handlers)
    if loaded.project is None:
        click.echo(render_text(loaded.errors, loaded.sources, paint), err=True, nl=False)
        click.echo(render_summary(loaded.errors, len(loaded.sources)), err=True)
        sys.exit(FINDINGS)
    return loaded, loaded.project


def _load_old(against: str, settings: Settings, *, is_asked: bool) -> tuple[Loaded, Project]:
    try:
        files = load_old_specs(against, settings, is_asked=is_asked)
    except OldSpecsError as error:
        fail(error.message, error.hint, _USAGE if error.is_usage else FAULT)
    texts = {}
    for name, content in files.items():
        source = decode_source(name, content)
        if not isinstance(source, SourceText):
            _refuse_old(Loaded(None, (source,)), against)
        texts[name] = source.text
    # what is an error by choice today need not have been one then
    lenient = {code: severity for code, severity in settings.severities.items() if severity is not Severity.ERROR}
    loaded = load_files(texts, severities=lenient)
    if loaded.project is None:
        _refuse_old(loaded, against)
    return loaded, loaded.project


def _refuse_old(loaded: Loaded, against: str) -> NoReturn:
    click.echo(render_text(loaded.errors, loaded.sources, paint), err=True, nl=False)
    fail(f"the specs of `{against}` have errors, so nothing can be held against them", "compare with another commit")


def _load_approvals(
    path: Path, root: Path, *, is_asked: bool
) -> tuple[tuple[Approval, ...], tuple[Diagnostic, ...], SourceText]:
    where = path.resolve()
    name = (where.relative_to(root) if where.is_relative_to(root) else where).as_posix()
    if not is_asked and not path.exists():
        return (), (), SourceText(name, "")
    try:
        source = SourceText(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}", param_hint="--approvals") from None
    return *parse_approvals(source, {rule.code for rule in RULES}), source
