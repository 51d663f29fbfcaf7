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
from surestep_codegen.lint.fixes.find import with_fixes
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.linted import Linted, Mended
from surestep_codegen.lint.report import render_difference, render_findings_json, render_not_followed, with_offer
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
@click.option("--fix", is_flag=True, help="Mend what can be mended without asking; nothing else in a file changes.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Show nothing that this file knows.")
@click.option("--write-baseline", is_flag=True, help="Write all findings of now to the file of --baseline.")
def lint(
    paths: tuple[Path, ...],
    form: _Form,
    names: tuple[str, ...],
    *,
    fix: bool,
    diff: bool,
    strict: bool,
    baseline: Path | None,
    write_baseline: bool,
) -> None:
    """Find what handlers of the project, or of PATHS, do between steps that may differ on a replay.

    Calls are followed through all modules of the program, and nothing is run. PATHS need no project around them. The
    exit status is 1 where there is an error, with --strict also where there is a warning, with --diff also where
    something would change.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    run = _Run(find_settings(tuple(path.resolve() for path in paths)), paths, names)
    mended = run.mend() if fix or diff else Mended(run.lint({}))
    linted = mended.linted
    for name in sorted(mended.refused):
        click.echo(
            f"{name}: some findings have to be mended by hand, libcst cannot read or keep what is there", err=True
        )
    if diff:
        _show_differences(mended, run)
        sys.exit(FINDINGS if mended.files else 0)
    _write_files(mended, run)
    sources = load_sources(run.settings.root, {one.diagnostic.span.file for one in linted.findings})
    if baseline is not None:
        if write_baseline:
            _write_baseline(baseline, linted, sources)
            return
        known = _load_baseline(baseline, run.settings.root)
        linted.findings = _without_known(linted.findings, sources, known, is_whole=not paths)
        sources[known.source.file] = known.source
    linted.findings = with_fixes(linted.findings, run.load)
    _print(linted, form, run.settings.root, sources)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    sys.exit(FINDINGS if any(one.diagnostic.severity in failing for one in linted.findings) else 0)


class _Run:
    """What is linted; again after mends."""

    def __init__(self, settings: Settings, paths: tuple[Path, ...], names: tuple[str, ...]) -> None:
        has_project = not paths or isinstance(load_settings(Path.cwd()), Settings)
        self.settings = settings
        self._targets = _find_targets(settings if has_project else None, paths, names)
        self._store = FactsStore(settings.root if has_project else None)

    def lint(self, overlay: Mapping[str, bytes]) -> Linted:
        """Lint, with other contents for some files."""
        targets = self._targets
        linted = lint_files(
            targets.files,
            targets.roots,
            targets.signs,
            base=self.settings.root,
            own=self.settings.determinism.effects,
            store=self._store,
            overlay=overlay,
            is_whole=targets.is_whole,
        )
        linted.findings = _adjusted(linted.findings, self.settings.severities)
        return linted

    def mend(self) -> Mended:
        """Lint and mend."""
        from surestep_codegen.lint.fixes.mend import mend  # libcst takes longer to import than most lints take

        return mend(self.lint, self.load)

    def load(self, name: str) -> bytes | None:
        """The content of a file by its shown name; None where it is gone."""
        path = self.settings.root / name
        return path.read_bytes() if path.is_file() else None


def _show_differences(mended: Mended, run: _Run) -> None:
    for name, content in sorted(mended.files.items()):
        click.echo(render_difference(name, run.load(name) or b"", content), nl=False)
    click.echo(f"{_count(mended.count, 'finding')} would be mended in {_count(len(mended.files), 'file')}", err=True)


def _write_files(mended: Mended, run: _Run) -> None:
    try:
        for name, content in mended.files.items():
            (run.settings.root / name).write_bytes(content)
    except OSError as error:
        fail(f"cannot write {error.filename}: {error.strerror}")
    if mended.files:
        click.echo(f"mended {_count(mended.count, 'finding')} in {_count(len(mended.files), 'file')}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _find_targets(settings: Settings | None, paths: tuple[Path, ...], names: tuple[str, ...]) -> Targets:
    return find_targets(paths, settings, names) if paths or settings is None else find_project_targets(settings, names)


def _adjusted(findings: Iterable[Finding], severities: Mapping[str, Severity | None]) -> list[Finding]:
    """With the severities that the settings chose."""
    chosen = ((one, severities.get(one.diagnostic.code, one.diagnostic.severity)) for one in findings)
    return [
        one._replace(diagnostic=replace(one.diagnostic, severity=severity))
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
            click.echo(render_text(map(with_offer, linted.findings), sources, paint), nl=False)
            click.echo(render_not_followed(linted.not_followed), nl=False)
            click.echo(f"{render_summary(diagnostics, linted.modules)}, {_count(linted.handlers, 'handler')}")
            if fixable := sum(one.is_fixable for one in linted.findings):
                click.echo(f"{fixable} can be mended: surestep lint --fix")
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
