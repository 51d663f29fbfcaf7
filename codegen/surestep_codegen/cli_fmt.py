"""The command `surestep fmt`. Decides what is formatted, written and shown; how is decided in `surestep_dsl.fmt`."""

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import click

from surestep_codegen.cli_project import FAULT, FINDINGS, fail, find_settings, paint
from surestep_dsl.fmt import Formatted, format_source
from surestep_dsl.load import find_spec_files
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_text
from surestep_dsl.source import decode_source

__all__ = ["fmt"]


@click.command
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change and exit with 1.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change and exit with 1.")
def fmt(paths: tuple[Path, ...], *, check: bool, diff: bool) -> None:
    """Format the specs of the project, or PATHS instead of those that its settings name.

    Comments and meaning stay what they are. A file that YAML cannot read is left alone, with its findings.
    """
    root, specs = _specs(paths)
    results = [_format(path, root) for path in specs]
    changed = [result for result in results if result.is_changed]
    if diff:
        click.echo("".join(_difference(result) for result in changed), nl=False)
    elif check:
        click.echo("".join(f"would change {result.name}\n" for result in changed), nl=False)
    else:
        _write(changed)
    status = _report(results)
    sys.exit(status or (FINDINGS if changed and (check or diff) else 0))


def _specs(paths: tuple[Path, ...]) -> tuple[Path, list[Path]]:
    """The directory to name files from, and all specs. Paths need no project around them."""
    settings = find_settings(paths)
    files, found = find_spec_files([Path.cwd() / path for path in paths] or settings.specs, settings.root)
    if found:
        click.echo(render_text(found, {}, paint), err=True, nl=False)
        sys.exit(FINDINGS)
    return settings.root, files


@dataclass(frozen=True, slots=True)
class _Result:
    path: Path
    name: str
    before: bytes
    source: SourceText | None
    formatted: Formatted

    @property
    def is_changed(self) -> bool:
        return (
            self.source is not None and not self.formatted.diagnostics and self.formatted.text.encode() != self.before
        )


def _format(path: Path, root: Path) -> _Result:
    name = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
    try:
        content = path.read_bytes()
    except OSError as error:
        fail(f"cannot read {name}: {error.strerror}")
    source = decode_source(name, content)
    if isinstance(source, SourceText):
        return _Result(path, name, content, source, format_source(source))
    return _Result(path, name, content, None, Formatted("", (source,)))


def _write(results: Iterable[_Result]) -> None:
    """Each at once or not at all, with the rights that the file had."""
    for result in results:
        beside = result.path.with_name(f".{result.path.name}.{os.getpid()}")
        try:
            beside.write_bytes(result.formatted.text.encode())
            shutil.copymode(result.path, beside)
            beside.replace(result.path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            fail(f"cannot write {result.name}: {error.strerror}")
        click.echo(f"formatted {result.name}")


def _difference(result: _Result) -> str:
    before = result.before.decode(errors="replace").splitlines(keepends=True)
    after = result.formatted.text.splitlines(keepends=True)
    lines = unified_diff(before, after, f"{result.name} (as it is)", f"{result.name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _report(results: Iterable[_Result]) -> int:
    """Show what could not be formatted, and say how bad that is."""
    status = 0
    for result in results:
        if result.formatted.diagnostics:
            sources = {} if result.source is None else {result.name: result.source}
            click.echo(render_text(result.formatted.diagnostics, sources, paint), err=True, nl=False)
            status = max(status, FINDINGS)
        if result.formatted.is_refused:
            message = (
                "left alone: the formatter would change its meaning; this is a fault in surestep, please report it"
            )
            click.echo(f"{result.name}: {message}", err=True)
            status = FAULT
    return status
