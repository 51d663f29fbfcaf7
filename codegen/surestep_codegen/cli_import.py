"""The commands `surestep import ...`: catalogues of other tools as a spec that passes `surestep check`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import click

from surestep_codegen.cli_project import FINDINGS, fail, paint, write_text
from surestep_codegen.imports.asyncapi import read_asyncapi
from surestep_codegen.imports.catalogue import Catalogue
from surestep_codegen.imports.jsonschema import read_jsonschema
from surestep_codegen.imports.names import app_id
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.reading import parse_catalogue
from surestep_codegen.imports.tracking_plan import read_tracking_plan
from surestep_codegen.remarks import Remarks, render_remarks
from surestep_codegen.spec_text import render_spec
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.fmt import format_source
from surestep_dsl.limits import MAX_FILE_BYTES
from surestep_dsl.load import load_files
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_text

__all__ = ["import_"]

_Read: TypeAlias = Callable[[dict[str, JsonValue], str, Remarks], Catalogue]

_FILE: Final = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_OUT: Final = click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Where to write; else to stdout."
)
_APP: Final = click.option("--app", metavar="ID", help="The app's id; else made of the catalogue's name.")
_ACCEPT: Final = click.option("--accept-loss", is_flag=True, help="Write even if something cannot be carried over.")


@click.group("import")
def import_() -> None:
    """Make a spec of an existing catalogue.

    What cannot be carried over is listed on stderr, each with its place; then nothing is written, and the exit status
    is 1, unless --accept-loss is given.
    """


@import_.command
@_FILE
@_OUT
@_APP
@_ACCEPT
def jsonschema(file: Path, out: Path | None, app: str | None, *, accept_loss: bool) -> None:
    """A spec of FILE, a JSON Schema (2020-12): `$defs` become types, the root or its envelopes events."""
    _import(read_jsonschema, file, out, app, accept_loss=accept_loss)


@import_.command
@_FILE
@_OUT
@_APP
@_ACCEPT
def asyncapi(file: Path, out: Path | None, app: str | None, *, accept_loss: bool) -> None:
    """A spec of FILE, an AsyncAPI document (2.x or 3.0): messages become events, schemas types."""
    _import(read_asyncapi, file, out, app, accept_loss=accept_loss)


@import_.command("tracking-plan")
@_FILE
@_OUT
@_APP
@_ACCEPT
def tracking_plan(file: Path, out: Path | None, app: str | None, *, accept_loss: bool) -> None:
    """A spec of FILE, a tracking plan of Segment: rules for track calls become events."""
    _import(read_tracking_plan, file, out, app, accept_loss=accept_loss)


def _import(read: _Read, file: Path, out: Path | None, app: str | None, *, accept_loss: bool) -> None:
    if app is not None and app_id(app) != app:
        raise click.UsageError(f"`{app}` is no app id; did you mean `{app_id(app)}`?")
    remarks, name = Remarks(), f"{app_id(file.name.partition('.')[0])}.yaml"
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
        catalogue = read(parse_catalogue(file.name, content), file.name.partition(".")[0], remarks)
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    except ImportProblemError as error:
        fail(f"{file}: {error}", error.hint, FINDINGS)
    spec = render_spec(app or app_id(catalogue.title), catalogue.description, catalogue.types, catalogue.events)
    text = format_source(SourceText(name, spec)).text
    click.echo(render_remarks(remarks, paint), err=True, nl=False)
    _check(name, text)
    lost = sum(remark.loses for remark in remarks.made)
    if lost and not accept_loss:
        what = "1 thing" if lost == 1 else f"{lost} things"
        fail(f"{what} cannot be carried over; nothing is written", "accept that with --accept-loss", FINDINGS)
    if out is None:
        click.echo(text, nl=False)
    elif (out / name).exists():
        fail(f"{out / name} exists already", "move it away, or choose another directory")
    else:
        write_text(out / name, text)


def _check(name: str, text: str) -> None:
    """End the command where the spec would not pass: the catalogue says something that no spec can say."""
    loaded = load_files({name: text})
    if loaded.errors:
        click.echo(render_text(loaded.errors, loaded.sources, paint), err=True, nl=False)
        click.echo("the catalogue would make a spec with these errors; nothing is written", err=True)
        sys.exit(FINDINGS)
